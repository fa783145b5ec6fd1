import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../config/schema.ts';
import { type RootPaths, rootPaths } from '../../storage/files/root-paths.ts';
import type { LogsRequest } from '../control/requests.ts';
import { devnetFolder, writeDevnetSettings } from '../devnet/devnet-file.ts';
import { newDevnetSettings } from '../devnet/devnet-settings.ts';
import type { Services } from '../services.ts';
import { devnetMeant, readDevnetLogs } from './devnet-logs.ts';

const { signal } = new AbortController();
const ports = { releaser: 4001, api: 4002, rpc: 4003, engine: 4004, p2p: 4005 };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'devnet-logs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const make = (name: string) =>
  writeDevnetSettings(devnetFolder(root, name), newDevnetSettings({ name, seed: 's', nowMs: 1.8e12, ports }));

describe('the logs of a local network', () => {
  /** Says whose log was read, and in which root. */
  const services = {
    get paths() {
      return rootPaths(root);
    },
    runtime: async (_: string, paths?: RootPaths) => ({
      logs: async function* (unit: string) {
        yield `${unit} in ${paths === undefined ? 'the root' : paths.root.slice(root.length + 1)}`;
      },
    }),
  } as unknown as Services;
  const told = async (layer?: LogsRequest['layer'], follow = false) => {
    const lines: string[] = [];
    const request = { network: 'devnet', follow, ...(layer === undefined ? {} : { layer }) };
    for await (const one of readDevnetLogs(services, request, signal))
      lines.push(`${one.node}.${one.layer}: ${one.line}`);
    return lines;
  };
  const all = [
    'devnet.service: devnet.service in the root',
    'devnet.execution: producer.execution in devnets/devnet/producer',
    'devnet.consensus: producer.consensus in devnets/devnet/producer',
  ];

  it('are those of what runs it and of the clients that make its blocks', async () => {
    expect(await told()).toEqual(all);
    expect((await told(undefined, true)).sort()).toEqual([...all].sort());
  });

  it('are those of one of them when it is named, and it has no others', async () => {
    expect(await told('consensus')).toEqual([all[2]]);
    await expect(told('validator')).rejects.toMatchObject({
      code: 'EPH-CONTROL-NO-CLIENT',
      facts: { node: 'devnet', known: ['service', 'execution', 'consensus'] },
    });
  });
});

describe('whose logs are meant', () => {
  const meant = (request: LogsRequest, nodes: Readonly<Record<string, string>> = { home: 'devnet' }) => {
    const entries = Object.entries(nodes).map(([name, network]) => [
      name,
      { network, execution: {}, consensus: {} },
    ]);
    const config = { nodes: Object.fromEntries(entries), networks: {} } as unknown as Config;
    return devnetMeant({ paths: rootPaths(root) }, { id: 'x', folder: '/', config }, request);
  };

  it('is a local network by its name, or by the service that no node has', async () => {
    await make('devnet');
    expect(await meant({ node: 'devnet' })).toBe('devnet');
    expect(await meant({ node: 'devnet', layer: 'execution' })).toBe('devnet');
    expect(await meant({ layer: 'service' })).toBe('devnet');
  });

  it('is a local network whose settings are damaged, too', async () => {
    await make('devnet');
    await writeFile(join(devnetFolder(root, 'devnet'), 'devnet.json'), '{');
    expect(await meant({ node: 'devnet' })).toBe('devnet');
  });

  it('is the node where one has the same name, and all nodes where none is named', async () => {
    await make('devnet');
    expect(await meant({ node: 'devnet', layer: 'execution' }, { devnet: 'devnet' })).toBeUndefined();
    expect(await meant({ node: 'devnet', layer: 'service' }, { devnet: 'devnet' })).toBe('devnet');
    expect(await meant({ layer: 'consensus' })).toBeUndefined();
  });

  it('is refused with what there is', async () => {
    await expect(meant({ node: 'devnet' })).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
    await expect(meant({ node: 'hoem' })).rejects.toMatchObject({
      code: 'EPH-CONTROL-NO-NODE',
      facts: { known: ['home', 'devnet'] },
    });
    await expect(meant({ node: 'home', layer: 'service' })).rejects.toMatchObject({
      code: 'EPH-CONTROL-NO-CLIENT',
      facts: { known: ['execution', 'consensus'] },
    });
  });
});
