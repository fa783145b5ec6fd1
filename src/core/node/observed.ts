import type { Answer } from '../../base/answer.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import type { NodeLayer } from './desired.ts';
import type { KeyInventory } from './journal-entry.ts';
import type { JournalState } from './journal-state.ts';
import type { SigningAlarm, SigningOrder } from './signing-order.ts';

/** What the runtime says of one of our units. */
export type ObservedUnit =
  /** Runs, as the journal records it. */
  | { readonly state: 'running' }
  /** Runs under our name, but the journal has no record of this run. */
  | { readonly state: 'stray' }
  | {
      readonly state: 'off';
      readonly exitCode?: number;
      /** The runtime does not know the run that the journal records: somebody else removed it. */
      readonly isForgotten?: true;
    }
  | { readonly state: 'unknown'; readonly reason: string };

/** A signer and its database: `half` when only one of them runs. */
export type ObservedSigner = ObservedUnit | { readonly state: 'half' };

/** What the execution client says of its network. */
export interface ExecutionReport {
  readonly chainId: Answer<number>;
  readonly genesisHash: Answer<string>;
}

/** What the consensus client says of its network. */
export interface ConsensusReport {
  readonly genesisTimeSeconds: Answer<number>;
  readonly genesisValidatorsRoot: Answer<string>;
  readonly executionReachable: Answer<boolean>;
}

/** A client's block, and what providers say of the same epoch. */
export interface HeldCheckpoint {
  readonly epoch: number;
  readonly agreed: string;
  readonly found: string;
}

/** A client that began with something else than what was agreed on, seen so often in a row. */
export interface ObservedCheckpoint extends HeldCheckpoint {
  readonly times: number;
}

/** When a running chain client answered us last. */
export interface AnswerRecord {
  /** Wall clock; absent when it has not answered in this run yet, as far as we have seen it. */
  readonly lastAtMs?: number;
  /** Monotonic, since then, or since its run began to be watched; 0 when it does not run. */
  readonly silentForMs: number;
}

/** Heads of both clients, compared: live once the chain has left slot 0 and both agree on its end. */
export type Liveness = Answer<'live' | 'waiting'>;

/** One folder under `chains/`; a folder whose marker is missing or unreadable is none of ours. */
export interface ChainFolder {
  readonly name: string;
  readonly identity: NetworkIdentity;
  /** Complete client directories in it, such as `execution.geth`. */
  readonly clients: readonly string[];
}

/** One store under `protection/<gvr8>/`, named `<client>-<number>`; numbers count up over all clients. */
export interface ProtectionStore {
  readonly genesisValidatorsRoot: string;
  readonly client: string;
  readonly number: number;
}

/** A folder with the name of a store of which it cannot be told whose it is. */
export interface DamagedStore {
  /** `<gvr8>/<client>-<number>`. */
  readonly folder: string;
  readonly number: number;
  readonly reason: string;
}

export interface ProtectionInventory {
  readonly stores: readonly ProtectionStore[];
  readonly damaged: readonly DamagedStore[];
}

export interface CrashRecord {
  /** Unasked exits in a row, each within the steady time of the run before. */
  readonly count: number;
  /** Of these, the last ones in a row that came within a minute of their start. */
  readonly atOnce: number;
  /** Monotonic milliseconds since the last. */
  readonly sinceLastMs: number;
  /** What the last one ended with; absent for a signal or an unseen end. */
  readonly exitCode?: number;
  /** The last one was no exit: the runtime did not know the unit any more. */
  readonly wasRemoved?: true;
}

/** Everything that a plan is made from, seen at one moment. */
export interface ObservedNode {
  readonly journal: JournalState;
  readonly units: Readonly<Record<NodeLayer, ObservedUnit>>;
  /** The signer, where a node has or had one. */
  readonly signer?: ObservedSigner;
  readonly execution: ExecutionReport;
  readonly consensus: ConsensusReport;
  /** Only where it differs from what the consensus client was to begin with. */
  readonly otherCheckpoint?: ObservedCheckpoint;
  /** How many times in a row the layer has named another network than the one it was started on. */
  readonly wrongInARow: Readonly<Record<'execution' | 'consensus', number>>;
  /** For how long each layer has run without naming its network. */
  readonly provingForMs: Readonly<Record<'execution' | 'consensus', number>>;
  readonly answers: Readonly<Record<'execution' | 'consensus', AnswerRecord>>;
  readonly liveness: Liveness;
  readonly chains: readonly ChainFolder[];
  /** Names of chain folders that are not there any more, and whose removal did not end. */
  readonly halfRemoved: readonly string[];
  readonly protection: Answer<ProtectionInventory>;
  /** Verified bundles on the disk for the iterations of interest; of one iteration, in order of arrival. */
  readonly bundles: readonly ReleaseBundle[];
  /** Our clock minus that of others, milliseconds. */
  readonly clockSkewMs: Answer<number>;
  readonly freeBytes: Answer<number>;
  readonly keys: Answer<KeyInventory>;
  /** Whether somebody was seen signing with the node's keys, once that has been asked for this network. */
  readonly keysQuiet: Answer<boolean>;
  /** What was said about the signers. */
  readonly signingOrder: Answer<SigningOrder>;
  /** Why signing must end now, as seen on the chain. */
  readonly signingAlarm?: SigningAlarm;
  readonly crashes: Readonly<Record<NodeLayer, CrashRecord>>;
}
