import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { ethereumjs } from '../../core/clients/execution/ethereumjs.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { type RootPaths, rootPaths } from '../../storage/files/root-paths.ts';
import type { DevnetSettings } from '../devnet/devnet-settings.ts';
import type { Services } from '../services.ts';
import { DevnetUnits, stopDevnet } from './devnet-units.ts';

/** Runtimes by root, with the units that run in each. */
function host(running: Record<string, readonly string[]>) {
  const stopped: string[] = [];
  const paths = rootPaths('/home');
  const runtime = async (_id: string, at: RootPaths = paths) =>
    ({
      recover: async (unit: string) =>
        running[at.root]?.includes(unit) === true ? { runtime: 'process', unit, token: 't' } : undefined,
      stop: async ({ unit }: { unit: string }) => {
        stopped.push(unit);
        return 'stopped';
      },
    }) as unknown as Runtime;
  return { services: { paths, runtime }, stopped };
}

const producerRoot = '/home/devnets/devnet/producer';

describe('stopping a local network', () => {
  it('stops its service, which stops the rest', async () => {
    const { services, stopped } = host({ '/home': ['devnet.service'] });
    expect(await stopDevnet(services, 'devnet')).toBe(true);
    expect(stopped).toEqual(['devnet.service']);
  });

  it('stops what a service that was killed left running, consensus first', async () => {
    const units = ['producer.execution', 'producer.consensus'];
    const { services, stopped } = host({ [producerRoot]: units });
    expect(await stopDevnet(services, 'devnet')).toBe(true);
    expect(stopped).toEqual(['producer.consensus', 'producer.execution']);
  });

  it('says so when nothing of it runs', async () => {
    const { services } = host({});
    expect(await stopDevnet(services, 'devnet')).toBe(false);
  });
});

describe('starting a local network', () => {
  let stranger: Server | undefined;
  afterEach(() => stranger?.close());

  async function bringUp(taken: string, running: Record<string, readonly string[]>) {
    const names = ['releaser', 'api', 'rpc', 'engine', 'p2p'];
    const numbers = await Promise.all(names.map(() => freePort()));
    const ports = Object.fromEntries(names.map((name, at) => [name, numbers[at] ?? 0]));
    const { paths, runtime } = host(running).services;
    const server = createServer();
    stranger = server;
    await new Promise<void>((resolve) => server.listen(ports[taken], '127.0.0.1', resolve));
    const started: string[] = [];
    const own = {
      ...(await runtime('process')),
      start: async (_: unknown, { name }: { name: string }) => started.push(name),
    } as unknown as Runtime;
    const services = {
      paths,
      runtime,
      clients: [ethereumjs, mayfly],
      host: { version: '1', program: ['x'] },
    } as unknown as Services;
    const units = new DevnetUnits({ services, runtime: own, emit: () => undefined });
    const settings = { name: 'devnet', ports, slotMs: 1000, periodSeconds: 90, seed: 's' };
    await units.bringUp([settings as unknown as DevnetSettings]);
    return started;
  }

  it.each(['releaser', 'api', 'rpc', 'engine', 'p2p'])(
    'is refused when somebody else has its %s port, before anything runs',
    async (port) => {
      await expect(bringUp(port, {})).rejects.toMatchObject({
        code: 'EPH-FLEET-PORT-TAKEN',
        facts: { node: 'devnet', name: port },
      });
    },
  );

  it('takes no client of its own for somebody else', async () => {
    const consensus = { [producerRoot]: ['producer.consensus'] };
    expect(await bringUp('api', consensus)).toEqual(['devnet.service']);
    await expect(bringUp('rpc', consensus)).rejects.toMatchObject({ facts: { name: 'rpc' } });
  });
});
