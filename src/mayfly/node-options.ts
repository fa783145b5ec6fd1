import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EngineApi } from '../chain/engine.ts';
import type { Network } from './network.ts';
import type { ChainStore } from './store/store.ts';

/** What every node needs, producer or follower. */
export interface NodeOptions {
  readonly network: Network;
  readonly engine: EngineApi;
  readonly store: ChainStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the fees of blocks go whose proposer has named nobody; burnt unless told. */
  readonly feeRecipient?: string;
}
