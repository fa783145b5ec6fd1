import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import { devnetDefinition, newDevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { EphemeryHome, patienceMs, type RunningEphemery } from './ephemery-home.ts';
import { freePort } from './free-port.ts';
import { until } from './mayfly-process.ts';

/** A simulated network of another root, in one long iteration, that homes follow. */
export interface OtherNetwork {
  readonly producerPort: number;
  /** Gives a home the network and a node `home` of it. */
  tell(home: EphemeryHome, node: Told): Promise<void>;
  close(): Promise<void>;
}

export interface Told {
  readonly runtime: 'process' | 'container';
  readonly execution?: object;
  readonly consensus?: object;
  /** Where the node's programs find the producer; loopback unless told. */
  readonly follow?: string;
}

export async function startOtherNetwork(): Promise<OtherNetwork> {
  const elsewhere = await EphemeryHome.create();
  const [releaser = 0, api = 0, rpc = 0, engine = 0, p2p = 0] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  );
  const settings = newDevnetSettings({
    name: 'elsewhere',
    seed: 'other network',
    nowMs: Date.now(),
    ports: { releaser, api, rpc, engine, p2p },
    slotSeconds: 1,
    periodSeconds: 1_800,
    genesisDelaySeconds: 5,
    validators: 64,
  });
  await writeDevnetSettings(devnetFolder(elsewhere.root, settings.name), settings);
  const producer: RunningEphemery = elsewhere.start(['devnet', 'run', settings.name]);
  await producer.event('a producer that is live', ({ type }) => type === 'reset.live');
  return {
    producerPort: api,
    async tell(home, { runtime, execution = {}, consensus = {}, follow = `http://127.0.0.1:${api}` }) {
      await writeFile(join(home.folder, 'network.yaml'), JSON.stringify(devnetDefinition(settings)));
      const config = {
        version: 1,
        networks: { simulated: { file: './network.yaml', follow } },
        nodes: {
          home: {
            network: 'simulated',
            runtime,
            execution: { client: 'ethereumjs', ...execution },
            consensus: { client: 'mayfly', ...consensus },
          },
        },
      };
      await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config));
    },
    async close() {
      await producer.stop('SIGINT');
      await elsewhere.close();
    },
  };
}

/** Resolves once the node `home` has gone on by more than a block. */
export async function untilItFollows(home: EphemeryHome): Promise<void> {
  let first = -1;
  await until(async () => {
    const block = await blockOf(home);
    if (first < 0) first = block;
    return first >= 0 && block > first + 1;
  }, patienceMs);
}

/** The number of the block that its execution client has; less than none where nobody answers. */
async function blockOf(home: EphemeryHome): Promise<number> {
  const ports = (await home.json('nodes', 'home', 'ports.json')) as Readonly<Record<string, number>>;
  const answer = await fetch(`http://127.0.0.1:${ports['execution.rpc']}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
  }).catch(() => undefined);
  return answer === undefined ? -1 : Number(((await answer.json()) as { result: string }).result);
}
