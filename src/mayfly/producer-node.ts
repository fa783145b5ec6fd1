import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EngineApi } from '../chain/engine.ts';
import { BlockImporter } from './chain/block-importer.ts';
import { Chain } from './chain/chain.ts';
import { mayflyErrors } from './errors.ts';
import { ExecutionDriver } from './execution/execution-driver.ts';
import { KeyRing } from './keys/key-ring.ts';
import type { ValidatorKey } from './keys/validator-keys.ts';
import type { Network } from './network.ts';
import { Pools } from './pools/pools.ts';
import { BlockBuilder } from './production/block-builder.ts';
import { OwnDuties } from './production/own-duties.ts';
import { Producer } from './production/producer.ts';
import type { ChainStore } from './store/store.ts';

export interface ProducerOptions {
  readonly network: Network;
  readonly engine: EngineApi;
  readonly store: ChainStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly keys: readonly ValidatorKey[];
  readonly feeRecipient?: string;
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
}

/** Opens the chain and puts a producer on it. @throws EPH-MAYFLY-NO-KEYS */
export async function createProducerNode(options: ProducerOptions): Promise<ProducerNode> {
  const { engine, log } = options;
  const chain = await Chain.open(options);
  const keys = new KeyRing(options.keys);
  keys.place(chain.headState);
  if (keys.size === 0) throw mayflyErrors.create('EPH-MAYFLY-NO-KEYS', { count: options.keys.length });
  const execution = new ExecutionDriver({ engine, chain, log });
  const importer = new BlockImporter(chain, execution);
  const pools = new Pools();
  const { feeRecipient } = options;
  const builder = new BlockBuilder({
    chain,
    execution,
    pools,
    ...(feeRecipient === undefined ? {} : { feeRecipient }),
  });
  const duties = new OwnDuties({ chain, keys, pools, takesPart: () => true });
  const producer = new Producer({ chain, importer, builder, duties, keys, pools, log });
  return { chain, execution, importer, pools, builder, producer, keys };
}
