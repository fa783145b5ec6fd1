import type { ApiNode } from './api/api-node.ts';
import { BlockImporter } from './chain/block-importer.ts';
import { Chain } from './chain/chain.ts';
import { Chaos } from './chaos/chaos.ts';
import { Slasher } from './chaos/slasher.ts';
import { mayflyErrors } from './errors.ts';
import { ExecutionDriver } from './execution/execution-driver.ts';
import { KeyRing } from './keys/key-ring.ts';
import type { ValidatorKey } from './keys/validator-keys.ts';
import type { NodeOptions } from './node-options.ts';
import { keepOperations } from './pools/kept-operations.ts';
import { Pools } from './pools/pools.ts';
import { BlockBuilder } from './production/block-builder.ts';
import { OwnDuties } from './production/own-duties.ts';
import { Producer } from './production/producer.ts';
import { KeptNote } from './store/kept-note.ts';
import { nodeVersion } from './version.ts';

export interface ProducerOptions extends NodeOptions {
  readonly keys: readonly ValidatorKey[];
}

/** Everything a producing node is made of, for its slot loop and its API. */
export interface ProducerNode {
  readonly chain: Chain;
  readonly execution: ExecutionDriver;
  readonly importer: BlockImporter;
  readonly pools: Pools;
  readonly builder: BlockBuilder;
  readonly producer: Producer;
  readonly keys: KeyRing;
  readonly chaos: Chaos;
  readonly api: ApiNode;
}

/** Opens the chain and puts a producer on it. @throws EPH-MAYFLY-NO-KEYS */
export async function createProducerNode(options: ProducerOptions): Promise<ProducerNode> {
  const { engine, log, clock, store } = options;
  const chain = await Chain.open(options);
  const keys = new KeyRing(options.keys);
  keys.place(chain.headState);
  if (keys.size === 0) throw mayflyErrors.create('EPH-MAYFLY-NO-KEYS', { count: options.keys.length });
  const execution = new ExecutionDriver({ engine, chain, log });
  const importer = new BlockImporter(chain, execution);
  const pools = new Pools();
  await keepOperations(pools.operations, new KeptNote({ store, name: 'operations', log }));
  const { feeRecipient } = options;
  const builder = new BlockBuilder({
    chain,
    execution,
    pools,
    ...(feeRecipient === undefined ? {} : { feeRecipient }),
  });
  const slasher = new Slasher({ chain, keys, pools });
  const note = new KeptNote({ store, name: 'chaos', log });
  const chaos = await Chaos.open({ chain, clock, slasher, note });
  const takesPart = (index: number, slot: number) => chaos.takesPart(index, slot);
  const duties = new OwnDuties({ chain, keys, pools, takesPart });
  const producer = new Producer({ chain, importer, builder, duties, keys, pools, chaos, log });
  const api: ApiNode = {
    chain,
    pools,
    builder,
    execution,
    version: nodeVersion,
    syncing: () => producer.syncing(),
    peers: () => [],
    relay: async () => undefined,
    publishBlock: (block) => producer.accept(block),
  };
  return { chain, execution, importer, pools, builder, producer, keys, chaos, api };
}
