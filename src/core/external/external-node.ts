import type { Answer } from '../../base/answer.ts';
import type { NetworkDefinition } from '../network/definition.ts';
import type { ChainLayer } from '../node/desired.ts';

/** A node that somebody else runs, as the configuration names it. */
export interface ExternalNode {
  readonly name: string;
  readonly network: NetworkDefinition;
  readonly execution: ExternalClient;
  readonly consensus: ExternalClient;
}

export interface ExternalClient {
  /** Its id in the catalogue. */
  readonly client: string;
  /** Where its JSON-RPC or Beacon API answers. */
  readonly url: string;
}

/** What both clients answered at one moment. */
export interface SeenExternal {
  readonly chainId: Answer<number>;
  readonly executionGenesisHash: Answer<string>;
  readonly executionHead: Answer<number>;
  readonly executionVersion: Answer<string>;
  readonly genesisTimeSeconds: Answer<number>;
  readonly genesisValidatorsRoot: Answer<string>;
  readonly consensusVersion: Answer<string>;
  readonly syncing: Answer<{
    readonly headSlot: number;
    readonly syncDistance: number;
    readonly elOffline: boolean;
  }>;
}

/** The layer's own word for where it is; `foreign` when that is no iteration of the network at all. */
export type RunningIteration =
  | { readonly is: 'iteration'; readonly iteration: number }
  | { readonly is: 'foreign'; readonly fact: string; readonly expected: string; readonly found: string }
  | { readonly is: 'unknown'; readonly reason: string };

export type RunningByLayer = Readonly<Record<ChainLayer, RunningIteration>>;
