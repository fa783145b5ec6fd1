import type { Answer } from '../base/answer.ts';
import type { PublicKey } from '../core/keys/public-key.ts';

export interface BeaconGenesis {
  readonly genesisTimeSeconds: number;
  readonly genesisValidatorsRoot: string;
  readonly genesisForkVersion: string;
}

export interface BeaconSyncing {
  readonly headSlot: number;
  readonly syncDistance: number;
  readonly isSyncing: boolean;
  readonly isOptimistic: boolean;
  /** The consensus client cannot reach its execution client. */
  readonly elOffline: boolean;
}

export interface BeaconHead {
  readonly slot: number;
  readonly root: string;
  /** Hash of the execution payload in the head block; absent before the first block. */
  readonly executionBlockHash?: string;
}

export interface FinalityCheckpoints {
  readonly finalizedEpoch: number;
  readonly justifiedEpoch: number;
}

export interface ChainTiming {
  readonly secondsPerSlot: number;
  readonly slotsPerEpoch: number;
}

export interface ValidatorState {
  readonly index: number;
  /** As the Beacon API has it: `pending_queued`, `active_ongoing`, `exited_slashed`, … */
  readonly status: string;
  readonly slashed: boolean;
  /** Absent while it is not decided. */
  readonly activationEpoch?: number;
}

export interface EpochDuties {
  readonly attesters: ReadonlyMap<number, number>;
  readonly proposers: ReadonlyMap<number, readonly number[]>;
  /** The block on which all of them depend; absent where the node does not tell. */
  readonly dependentRoot?: string;
}

/** What we ask of any consensus client: the standard Beacon API, typed, with a deadline on every call. */
export interface BeaconApi {
  genesis(): Promise<Answer<BeaconGenesis>>;
  syncing(): Promise<Answer<BeaconSyncing>>;
  head(): Promise<Answer<BeaconHead>>;
  finality(): Promise<Answer<FinalityCheckpoints>>;
  peerCount(): Promise<Answer<number>>;
  version(): Promise<Answer<string>>;
  timing(): Promise<Answer<ChainTiming>>;
  /** The validators that have these keys, in the head state; unknown keys are not among them. */
  validators(keys: readonly PublicKey[]): Promise<Answer<ReadonlyMap<PublicKey, ValidatorState>>>;
  /**
   * Who is to do what in an epoch: slots, by index. `held`: an earlier answer for the same epoch and indices, whose
   * attesters hold as long as they depend on the same block: then the long list is not asked for again.
   */
  duties(epoch: number, indices: readonly number[], held?: EpochDuties): Promise<Answer<EpochDuties>>;
  /** The root of the canonical block in a slot, or of the finalized one. Unknown, with `status 404`, where there is none. */
  blockRoot(slot: number | 'finalized'): Promise<Answer<string>>;
  /** Who proposed the block of a slot. Unknown where there is none. */
  proposerOf(slot: number): Promise<Answer<number>>;
  /** The indices of an epoch's sync committee, in their order. */
  syncCommittee(epoch: number): Promise<Answer<readonly number[]>>;
  /** Which of its sync committee the block of a slot has messages of, made in the slot before. Unknown where there is none. */
  syncBits(slot: number): Promise<Answer<readonly boolean[]>>;
  /** Which of these validators were seen active in the epoch, by index. */
  liveness(epoch: number, indices: readonly number[]): Promise<Answer<ReadonlyMap<number, boolean>>>;
}
