import type { ChainLayer } from '../../core/node/desired.ts';
import type { RecoveryKind } from '../../core/sync/recovery.ts';

/** What is to be done for a layer that does not come forward. */
export interface Recovery {
  readonly layer: ChainLayer;
  readonly kind: RecoveryKind;
}
