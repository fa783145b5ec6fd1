import type { ChainState } from '../types.ts';
import { AttestationPool } from './attestation-pool.ts';
import { OperationPool } from './operation-pool.ts';
import { SyncCommitteePool } from './sync-committee-pool.ts';

/** Everything that waits to be put into a block. */
export class Pools {
  readonly attestations = new AttestationPool();
  readonly syncCommittee = new SyncCommitteePool();
  readonly operations = new OperationPool();

  /** Drops what no block can use any more; once a slot is enough. */
  prune(currentSlot: number, headState: ChainState): void {
    this.attestations.prune(currentSlot);
    this.syncCommittee.prune(currentSlot);
    this.operations.prune(headState);
  }
}
