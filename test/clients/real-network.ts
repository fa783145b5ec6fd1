import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { keyPairOf } from '../../src/chain/discovery/key-pair.ts';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { iterationAt, releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import { readDefinitionFile } from '../../src/releases/definition-file.ts';
import { loopbackEnode, loopbackEnr } from '../support/bootnode-identity.ts';
import { freePort } from '../support/free-port.ts';
import { testKeys } from '../support/key-set.ts';
import { type ProducerPorts, type ProducerPrograms, RealProducer } from './real-producer.ts';
import { definitionText, type RealNetworkSettings, writeReleases } from './real-releases.ts';

export interface RealNetworkOptions {
  /** `network.yaml` and `releases` come into it, and the producer's folder. */
  readonly folder: string;
  readonly programs: ProducerPrograms;
  /** How many validators the producer has, and how many it leaves to others. */
  readonly validators: { readonly own: number; readonly others: number };
  readonly slotSeconds: number;
  readonly periodSeconds: number;
  readonly iterations: number;
}

export interface RealNetwork {
  readonly definition: NetworkDefinition;
  readonly producer: RealProducer;
  /** Those of the genesis validators that the producer does not have. */
  readonly others: readonly ValidatorKey[];
  close(): Promise<void>;
}

/** A network of real programs that begins in some seconds, and is produced anew at each of its resets. */
export async function startRealNetwork(options: RealNetworkOptions): Promise<RealNetwork> {
  const { folder, validators } = options;
  const keys = testKeys('real', validators.own + validators.others);
  const ports = await producerPorts();
  const executionKey = keyPairOf(new Uint8Array(32).fill(7));
  const consensusKey = keyPairOf(new Uint8Array(32).fill(9));
  const producer = new RealProducer({
    folder: join(folder, 'producer'),
    programs: options.programs,
    ports,
    executionKey,
    consensusKey,
    keys: keys.slice(0, validators.own),
  });
  await mkdir(folder, { recursive: true });
  await producer.prepare();
  const settings: RealNetworkSettings = {
    slotSeconds: options.slotSeconds,
    periodSeconds: options.periodSeconds,
    genesisDelaySeconds: 20,
    lastFork: 'fulu',
    startSeconds: Math.floor(systemClock.nowMs() / 1000) + 3,
    validators: keys,
    enrs: [loopbackEnr(consensusKey, ports.p2p)],
    enodes: [loopbackEnode(executionKey, ports.executionP2p)],
  };
  await writeFile(join(folder, 'network.yaml'), definitionText(settings));
  const definition = await readDefinitionFile(join(folder, 'network.yaml'));
  const iterations = Array.from({ length: options.iterations }, (_, index) => index + 1);
  await writeReleases(folder, definition, { settings, iterations });
  const life = new AbortController();
  const produced = keepProducing({ folder, definition, producer }, life.signal);
  return {
    definition,
    producer,
    others: keys.slice(validators.own),
    close: async () => {
      life.abort();
      await produced;
      await producer.stop();
    },
  };
}

async function producerPorts(): Promise<ProducerPorts> {
  const found = new Set<number>();
  while (found.size < 7) found.add(await freePort());
  const [rpc = 0, engine = 0, executionP2p = 0, api = 0, grpc = 0, p2p = 0, quic = 0] = found;
  return { rpc, engine, executionP2p, api, grpc, p2p, quic };
}

async function keepProducing(
  network: {
    readonly folder: string;
    readonly definition: NetworkDefinition;
    readonly producer: RealProducer;
  },
  signal: AbortSignal,
): Promise<void> {
  const { folder, definition, producer } = network;
  for (let produced = 0; !signal.aborted; ) {
    const now = iterationAt(definition, systemClock.nowMs());
    if (now !== produced && now > 0) {
      produced = now;
      const release = join(folder, 'releases', releaseTag(definition, now));
      await producer.produce(release, await readFile(join(release, bundleFiles.consensusConfig), 'utf8'));
    }
    const nextMs = scheduleOf(definition, Math.max(1, produced + 1)).startSeconds * 1000;
    const waitMs = Math.min(Math.max(50, nextMs - systemClock.nowMs()), 1_000);
    await systemClock.sleep(waitMs, signal).catch(() => undefined);
  }
}
