import { AttestationPool } from './attestation-pool.ts';
import { OperationPool } from './operation-pool.ts';
import { SyncCommitteePool } from './sync-committee-pool.ts';

/** Everything that waits to be put into a block. */
export class Pools {
  readonly attestations = new AttestationPool();
  readonly syncCommittee = new SyncCommitteePool();
  readonly operations = new OperationPool();
}
