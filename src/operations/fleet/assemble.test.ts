import { describe, expect, it } from 'vitest';
import { bundleOf, network } from '../../../test/simulation/network.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { parseConfig } from '../../config/parse.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { caplinEmbedded } from '../../core/clients/consensus/caplin-embedded.ts';
import { erigon } from '../../core/clients/execution/erigon.ts';
import { scheduleOf } from '../../core/network/schedule.ts';
import { exportedUnits } from '../export/exported-units.ts';
import { assembleNodes, type FleetParts } from './assemble.ts';

const startMs = scheduleOf(network, 10).startSeconds * 1000 + 1_000;
const yaml = `
version: 1
nodes:
  home:
    network: ephemery
    externalAddress: 198.51.100.7
    execution: { client: erigon, version: "3.7.0", ports: { rpc: 30000 }, args: [--mine=1] }
    consensus: { client: caplin-embedded, ports: { api: 30001 }, args: [--theirs=2] }
`;

/** What nodes are assembled from, with no host behind it. `isHere`: whether programs are on it. */
function partsOf(asked: string[], isHere: boolean): FleetParts {
  const find = async ({ id }: ClientDefinition) => {
    asked.push(id);
    const program = { client: id, version: '3.7.0', command: [`/bin/${id}`] };
    return { version: '3.7.0', program, ...(isHere ? {} : { missing: 'Erigon 3.7.0 (archive)' }) };
  };
  const store = {
    readPorts: async () => undefined,
    writePorts: async () => undefined,
    publicKeys: async () => [],
    chains: async () => [],
    identityPath: async () => '/identity',
    jwtPath: async () => '/jwt',
    clientPath: ({ folder, client }: { folder: string; client: string }) => `/chains/${folder}/${client}`,
  };
  const runtime = {
    id: 'process',
    addresses: { listen: '127.0.0.1', host: '127.0.0.1', unit: () => '127.0.0.1' },
    pathsFor: (mounts: readonly { key: string; hostPath: string }[]) =>
      Object.fromEntries(mounts.map(({ key, hostPath }) => [key, hostPath])),
  };
  return {
    clock: new VirtualClock(startMs),
    random: seededRandom('assemble'),
    log: silentLog,
    env: {},
    ports: { first: 25_000, inUse: async () => false, reserved: [] },
    emit: () => undefined,
    client: (id: string) => (id === 'erigon' ? erigon : caplinEmbedded),
    presentProgram: find,
    program: find,
    life: new AbortController().signal,
    network: async () => ({ definition: network }),
    openLibrary: async () => ({}),
    runtime: async () => runtime,
    store: () => store,
    chain: {},
    validators: () => ({}),
  } as unknown as FleetParts;
}

async function assembled(asked: string[] = [], isHere = true) {
  const [node] = await assembleNodes(parseConfig(yaml, 'ephemery.yaml').config, partsOf(asked, isHere));
  if (node === undefined) throw new Error('there is a node');
  return node;
}

describe('a node whose consensus client runs inside its execution client', () => {
  it('has one program, of which one is asked for, and the version of both', async () => {
    const asked: string[] = [];
    const { setup } = await assembled(asked);
    expect(asked).toEqual(['erigon']);
    expect(setup.consensus.program).toBe(setup.execution.program);
    expect(setup.consensus.version).toBe('3.7.0');
  });

  it('waits for that program with both layers', async () => {
    const { setup } = await assembled([], false);
    expect([setup.execution.missing, setup.consensus.missing]).toEqual([true, true]);
  });

  it('has one unit with the arguments and the ports of both', async () => {
    const node = await assembled();
    const releases = { ...node.environment.releases, held: async () => [bundleOf(10)] };
    const units = await exportedUnits({ ...node, environment: { ...node.environment, releases } });
    expect(units.map(({ spec }) => spec.name)).toEqual(['home.execution']);
    const [{ spec, tasks } = { spec: undefined, tasks: [] }] = units;
    expect(units[0]?.inside).toBe('caplin-embedded');
    expect(tasks.map(({ name }) => name)).toEqual(['home.execution.init']);
    expect(spec?.args).not.toContain('--externalcl');
    for (const arg of [
      '--http.port=30000',
      '--beacon.api.port=30001',
      '--nat=extip:198.51.100.7',
      '--caplin.nat=extip:198.51.100.7',
      '--mine=1',
      '--theirs=2',
    ])
      expect(spec?.args).toContain(arg);
    const { directory } = bundleOf(10);
    expect(spec?.args.find((arg) => arg.startsWith('--caplin.custom-genesis='))).toContain(directory);
    const ports = spec?.ports.map(({ name, port, exposure }) => `${name} ${port} ${exposure}`) ?? [];
    expect(ports).toEqual(expect.arrayContaining(['rpc 30000 loopback', 'api 30001 loopback']));
    expect(ports.filter((port) => port.startsWith('p2p ')).length).toBe(4);
    // No two of them have one number.
    const numbers = spec?.ports.map(({ port, protocol }) => `${port}/${protocol}`) ?? [];
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
