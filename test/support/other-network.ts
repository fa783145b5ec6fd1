import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import { devnetDefinition, newDevnetSettings } from '../../src/operations/devnet/devnet-settings.ts';
import { EphemeryHome, type RunningEphemery } from './ephemery-home.ts';
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

/**
 * Resolves once the node `home` has gone on by more than a block, each of which its execution client has executed: one
 * that only keeps them tells their numbers too.
 */
export async function untilItFollows(home: EphemeryHome): Promise<void> {
  let first: number | undefined;
  await until(async () => {
    const slot = await executedSlotOf(home);
    first ??= slot;
    return slot !== undefined && first !== undefined && slot > first + 1;
  }, 60_000);
}

async function executedSlotOf(home: EphemeryHome): Promise<number | undefined> {
  const ports = (await home.json('nodes', 'home', 'ports.json')) as Readonly<Record<string, number>>;
  const url = `http://127.0.0.1:${ports['consensus.api']}/eth/v1/node/syncing`;
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.ok !== true) return undefined;
  const { data } = (await answer.json()) as { data: { head_slot: string; is_optimistic: boolean } };
  return data.is_optimistic ? undefined : Number(data.head_slot);
}
