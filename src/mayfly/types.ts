import type { CachedBeaconStateElectra } from '@lodestar/state-transition';
import type { electra } from '@lodestar/types';

/** Blocks of Electra and Fulu have the same fields; earlier forks are not produced here. */
export type SignedBlock = electra.SignedBeaconBlock;
export type Block = electra.BeaconBlock;
export type BlockBody = electra.BeaconBlockBody;

/** A state with its caches. Fulu adds fields that only the transition itself reads. */
export type ChainState = CachedBeaconStateElectra;

/** 0x and 64 lower-case hex digits. */
export type RootHex = string;

/** What is kept in memory of a block. */
export interface BlockSummary {
  readonly root: RootHex;
  readonly slot: number;
  readonly parentRoot: RootHex;
  readonly stateRoot: RootHex;
  readonly proposerIndex: number;
  /** Hash of its execution payload; for genesis, of execution block 0. */
  readonly executionHash: string;
}

/** Converts the library's widest state type; every fork that we accept has Electra's fields. */
export function asChainState(state: unknown): ChainState {
  return state as ChainState;
}
