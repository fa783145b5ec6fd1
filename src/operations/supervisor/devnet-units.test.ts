import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../runtimes/runtime.ts';
import { type RootPaths, rootPaths } from '../../storage/files/root-paths.ts';
import { stopDevnet } from './devnet-units.ts';

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
