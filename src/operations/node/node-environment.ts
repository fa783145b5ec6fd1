import type { Answer } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { ExecutionApi } from '../../chain/execution.ts';
import type { Keymanager } from '../../chain/keymanager.ts';
import type { KeyPlaces } from '../../core/clients/key-places.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { Interchange } from '../../core/keys/interchange.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { AgreedCheckpoint } from '../../core/node/journal-entry.ts';
import type { HeldCheckpoint, ProtectionStore } from '../../core/node/observed.ts';
import type { SigningAlarm } from '../../core/node/signing-order.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import type { FindingShelf } from './finding-shelf.ts';
import type { NodeEvent, ResetEvent } from './node-event.ts';

/** Releases of one network, as a node sees them. */
export interface NodeReleases {
  /** Verified bundles of an iteration on this disk, in order of arrival. Asks nobody. */
  held(iteration: number): Promise<readonly ReleaseBundle[]>;
  /**
   * Fetches and verifies; afterwards `held` has it. Never throws for an outage: that is `unknown`. With `refresh`
   * the sources are asked although it is held, and `held` has a second bundle when they give another network.
   */
  obtain(iteration: number, signal: AbortSignal, how?: { readonly refresh?: boolean }): Promise<ObtainAnswer>;
  /** What the last answers, and the clocks seen in them, give to tell. */
  findings(): readonly Finding[];
}

export type ObtainAnswer =
  | { readonly answer: 'found' }
  | { readonly answer: 'not-yet'; readonly detail: string }
  | { readonly answer: 'unknown'; readonly reason: string };

/** A new protection store, and the earlier ones of its network whose history it is to have. */
export interface CarryRequest {
  readonly bundle: ReleaseBundle;
  readonly store: ProtectionStore;
  readonly earlier: readonly ProtectionStore[];
  /** Where the new one is being made. */
  readonly intoPath: string;
}

export interface GuardAsk {
  readonly identity: NetworkIdentity;
  readonly keySets: readonly string[];
  readonly beacon: BeaconApi;
}

/** Whose a node's keys are, and whether anybody else signs with them. */
export interface KeyGuard {
  /** True once it has been seen that nobody does; unknown until then. */
  quiet(ask: GuardAsk): Promise<Answer<boolean>>;
  /** Written down before a signer is started. Throws EPH-VALIDATORS-NOT-OURS. */
  begins(ask: Omit<GuardAsk, 'beacon'>): Promise<void>;
  /** Once it has ended, for sure. */
  ended(keySets: readonly string[]): Promise<void>;
  /** While it runs. */
  alarm(ask: GuardAsk & { readonly slashedBefore: readonly string[] }): Promise<SigningAlarm | undefined>;
  /** Whether nobody signs with keys that a signer of ours that runs is to be given; unknown until that is seen. */
  admit(ask: GuardAsk & { readonly keys: readonly PublicKey[] }): Promise<Answer<boolean>>;
  /** It has been given all keys of these sets. Throws EPH-VALIDATORS-NOT-OURS. */
  admitted(ask: Omit<GuardAsk, 'beacon'>): Promise<void>;
  /** Keys of these sets that a signer of somebody else's, where the node names one, does not have. */
  withoutSigner(keySets: readonly string[]): Promise<Answer<readonly PublicKey[]>>;
  /** What the last `quiet` gives to tell. */
  findings(): readonly Finding[];
}

/** Where a validator client serves the Keymanager API. */
export interface KeymanagerPlace {
  readonly url: string;
  /** Absent for an API without one. */
  readonly tokenPath?: string;
  readonly keys?: 'local' | 'remote' | 'both';
  /** Words of a refusal with which it says that nothing is set. */
  readonly nothingSet?: readonly string[];
}

export interface CheckpointAsk {
  readonly bundle: ReleaseBundle;
  /** The chain folder whose consensus directory is new. */
  readonly folder: string;
  /** Providers that were tried and did not do. */
  readonly avoid?: readonly string[];
}

export type CheckpointAdvised =
  | {
      readonly advice: 'use';
      readonly url: string;
      readonly epoch: number;
      readonly root: string;
      readonly confirmedBy: readonly string[];
    }
  | { readonly advice: 'genesis'; readonly reason: string }
  | { readonly advice: 'wait'; readonly waitMs: number };

/** With what a new consensus directory begins. */
export interface CheckpointAdvice {
  /** Never throws for an outage: that is to wait, and in the end genesis. */
  choose(ask: CheckpointAsk): Promise<CheckpointAdvised>;
  /** What a client that began at a checkpoint has, beside what was agreed on. Never throws for an outage. */
  hold(agreed: AgreedCheckpoint, beacon: BeaconApi): Promise<Answer<HeldCheckpoint>>;
  /** What the last choice gives to tell. */
  findings(): readonly Finding[];
}

/** A command or webhook of the user's, run on a reset. */
export interface NodeHook {
  /** For people: the command or URL, without secrets. */
  readonly target: string;
  readonly on: ResetEvent['type'];
  /** After this long it is told to end, and has failed. */
  readonly timeoutMs: number;
  /** Rejects when it failed. Ends at the signal. */
  run(event: ResetEvent, signal: AbortSignal): Promise<void>;
}

/** Everything that a node's controller acts through. */
export interface NodeEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: NodeStore;
  readonly runtime: Runtime;
  readonly releases: NodeReleases;
  readonly beacon: (url: string) => BeaconApi;
  readonly execution: (url: string) => ExecutionApi;
  readonly guard: KeyGuard;
  /** Absent where no validator client runs. Throws EPH-KEYMANAGER-TOKEN-FILE. */
  readonly keymanager?: (place: KeymanagerPlace) => Promise<Keymanager>;
  /** Where a client of the catalogue looks for keys, also one that the node has no more. */
  readonly keyPlaces: KeyPlaces;
  /** Throws EPH-NODE-PROTECTION-UNMERGED. */
  readonly carryProtection: (request: CarryRequest) => Promise<void>;
  /** What these stores of a network remember. Their clients must not run. */
  readonly exportProtection: (request: {
    readonly bundle: ReleaseBundle;
    readonly stores: readonly ProtectionStore[];
  }) => Promise<Interchange>;
  /** Absent: every consensus client begins at genesis. */
  readonly checkpoints?: CheckpointAdvice;
  readonly hooks: readonly NodeHook[];
  /** What others who watch the node give to tell. */
  readonly watched?: FindingShelf;
  /** Those who obtain programs that the node does not have yet. */
  readonly programs?: { findings(): readonly Finding[] };
  /**
   * Our clock minus that of others, milliseconds. With `patience` the others are asked, and waited for until it aborts,
   * before it is answered that nothing is known; without, nobody is waited for.
   */
  readonly clockSkewMs: (how: { readonly patience?: AbortSignal }) => Promise<Answer<number>>;
  readonly emit: (event: NodeEvent) => void;
}
