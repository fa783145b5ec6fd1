import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import type { NodeEvent } from '../../src/operations/node/node-event.ts';
import { beaconUrl, executionUrl } from '../../src/operations/node/node-setup.ts';
import { describeIf } from '../support/describe-if.ts';
import { rpc } from '../support/ethereumjs.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';
import { type ClientNetwork, startClientNetwork } from './client-network.ts';

/** What their programs are called on a PATH. */
const programs: Readonly<Record<string, string>> = {
  geth: 'geth',
  nethermind: 'nethermind',
  besu: 'besu',
  erigon: 'erigon',
  reth: 'reth',
  ethrex: 'ethrex',
  'nimbus-eth1': 'nimbus',
};

const real = clients.filter(({ layer, id }) => layer === 'execution' && programs[id] !== undefined);

type Live = Extract<NodeEvent, { type: 'reset.live' }>;

function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return /\d+\.\d+\.\d+\S*/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}

function suite(definition: ClientDefinition): void {
  const name = programs[definition.id] ?? '';
  let network: ClientNetwork;
  const live = () => network.events.filter((event): event is Live => event.type === 'reset.live');

  beforeAll(async () => {
    const program = programOnPath(name) ?? '';
    const folder = await mkdtemp(join(tmpdir(), `clients-${definition.id}-`));
    const client = { definition, program, version: versionOf(program) };
    network = await startClientNetwork(folder, client, 'fulu');
    await until(async () => {
      const failed = network.events.find((event) => event.type === 'step.failed');
      if (failed !== undefined && live().length === 0) throw new Error(JSON.stringify(failed));
      return live().length >= 3;
    }, 280_000);
    for (const event of live()) {
      process.stdout.write(
        `${definition.displayName} ${client.version}: iteration ${event.iteration} live; reset ${event.totalMs} ms, ` +
          `of these ${event.ownMs} ms our own\n`,
      );
    }
  });

  afterAll(() => network?.close());

  it('goes through two resets by itself, each on a network of its own', () => {
    const [first, second, third] = live();
    expect([second?.cause, third?.cause]).toEqual(['scheduled', 'scheduled']);
    expect(second?.iteration).toBe((first?.iteration ?? 0) + 1);
    expect(third?.iteration).toBe((first?.iteration ?? 0) + 2);
    expect(new Set(live().map(({ executionGenesisHash }) => executionGenesisHash)).size).toBe(live().length);
  });

  it('is on the network of now, at Fulu, by its own word', async () => {
    const url = executionUrl(network.node);
    const current = live().at(-1);
    expect(Number(await rpc(url, 'eth_chainId', []))).toBe(current?.chainId);
    const genesis = await rpc(url, 'eth_getBlockByNumber', ['0x0', false]);
    expect(genesis).toMatchObject({ hash: current?.executionGenesisHash });
    const head = await fetch(`${beaconUrl(network.node)}/eth/v2/beacon/blocks/head`);
    expect(head.headers.get('eth-consensus-version')).toBe('fulu');
    const { data } = (await head.json()) as {
      data: { message: { body: { execution_payload: { block_hash: string; block_number: string } } } };
    };
    const { block_hash: hash, block_number: number } = data.message.body.execution_payload;
    expect(Number(number)).toBeGreaterThan(0);
    expect(await rpc(url, 'eth_getBlockByHash', [hash, false])).toMatchObject({ hash });
  });

  it('keeps its name among peers over resets', async () => {
    for (const { name: kept, dataPath } of definition.identityFiles) {
      const identity = await readFile(network.path('nodes', 'home', 'identity', kept), 'utf8');
      const folders = await readdir(network.path('nodes', 'home', 'chains'));
      // One that is just being removed has another name.
      const chains = folders.filter((folder) => !folder.startsWith('.'));
      const held = await Promise.all(
        chains.map((chain) =>
          readFile(
            network.path('nodes', 'home', 'chains', chain, `execution.${definition.id}`, dataPath),
            'utf8',
          ),
        ),
      );
      expect(held.length).toBeGreaterThan(1);
      expect(new Set([identity, ...held]).size).toBe(1);
    }
    expect(definition.identityFiles.length).toBeGreaterThan(0);
  });
}

for (const definition of real) {
  const name = programs[definition.id] ?? '';
  describeIf(missingProgram(name))(`${definition.displayName} with Mayfly`, () => suite(definition));
}
