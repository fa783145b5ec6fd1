import type { NetworkIdentity } from '../network/identity.ts';
import type { ChainLayer, NodeLayer } from './desired.ts';

/** How to find a unit again; the same shape as the runtime port's handle. */
export interface RunHandle {
  readonly runtime: string;
  readonly unit: string;
  readonly token: string;
}

/** What a unit is started on; with it a run that was begun and not confirmed is known again. */
export interface IntendedRun {
  readonly client: string;
  readonly fingerprint: string;
  /** The chain folder's name; for a validator client its protection store, `<gvr8>/<client>-<n>`. */
  readonly folder: string;
  /** Name of the network identity: `<iteration>-<id8>`. */
  readonly identity: string;
  /** The consensus client inside an execution client. */
  readonly carries?: string;
  /** Validators inside the program of this layer, which runs on without them: the handle is that of their signer. */
  readonly host?: ChainLayer;
}

export interface RecordedRun extends IntendedRun {
  readonly handle: RunHandle;
}

export interface KeyInventory {
  readonly count: number;
  /** A hash over the public keys. */
  readonly fingerprint: string;
  /** The first 16 hex digits of each public key, sorted. Journals of earlier versions have none. */
  readonly keys?: readonly string[];
}

/** What a running validator client was last seen to have, and been told over its keymanager API. */
export interface LoadedKeys {
  /** Its protection store. */
  readonly folder: string;
  /** The run, by its handle. */
  readonly token: string;
  /** A hash over keys and settings. */
  readonly fingerprint: string;
  /** Settings that keys have been given in this store: to be taken away when the configuration has them no more. */
  readonly settings: readonly string[];
}

/** The finalized checkpoint that two providers named alike. */
export interface AgreedCheckpoint {
  readonly epoch: number;
  /** Of its block. */
  readonly root: string;
  /** Who vouched for it beside the provider. */
  readonly confirmedBy: readonly string[];
}

export interface ChosenCheckpoint {
  readonly folder: string;
  readonly client: string;
  /** The provider's address. */
  readonly provider?: string;
  /** What the client is held against once it runs. */
  readonly agreed?: AgreedCheckpoint;
  /** Why there is none. */
  readonly reason?: string;
}

export type ResetCause = 'first' | 'scheduled' | 'forced';
export type HookName = 'reset.completed' | 'reset.live';
export type ConsentKind = 'older-iteration' | 'changed-identity' | 'changed-schedule' | 'fewer-keys';
export type CondemnReason = 'wrong-network' | 'forced' | 'resync';

/** One thing done in a step of a reset. `client`: time that the clients' own stop and start took. */
export interface StepTiming {
  readonly step: string;
  readonly durationMs: number;
  readonly spentOn: 'client' | 'own';
}

/** What happened to a node, oldest first: its journal. Each is written before the world relies on it. */
export type JournalEvent =
  | {
      readonly type: 'reset.started';
      readonly identity: NetworkIdentity;
      readonly cause: ResetCause;
      readonly scheduledAtMs: number;
      /** Between T and the moment at which release, hold and room let it begin. */
      readonly waitedMs: number;
      /** Chain folders that are not used again, for both layers: a forced reset names those of its own network. */
      readonly givesUp: readonly string[];
    }
  | { readonly type: 'step.started'; readonly step: string }
  | ({ readonly type: 'step.done' } & StepTiming)
  | { readonly type: 'step.failed'; readonly step: string; readonly code: string; readonly detail: string }
  | { readonly type: 'unit.starting'; readonly layer: NodeLayer; readonly run: IntendedRun }
  | { readonly type: 'unit.started'; readonly layer: NodeLayer; readonly run: RecordedRun }
  | { readonly type: 'unit.stopped'; readonly layer: NodeLayer }
  | {
      readonly type: 'layer.proven';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly client: string;
    }
  | {
      readonly type: 'layer.harvested';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly client: string;
    }
  | {
      readonly type: 'folder.condemned';
      readonly layer: ChainLayer;
      readonly folder: string;
      readonly reason: CondemnReason;
    }
  | { readonly type: 'folder.collected'; readonly folder: string }
  /** With what a new consensus directory begins; at genesis when there is no provider. */
  | ({ readonly type: 'checkpoint.chosen' } & ChosenCheckpoint)
  | { readonly type: 'reset.completed' }
  | { readonly type: 'reset.live' }
  | { readonly type: 'hook.finished'; readonly hook: HookName; readonly identity: string }
  | { readonly type: 'hold.set'; readonly held: boolean }
  | { readonly type: 'consent.given'; readonly consent: ConsentKind; readonly subject: string }
  | { readonly type: 'keys.recorded'; readonly keys: KeyInventory }
  | ({ readonly type: 'keys.loaded' } & LoadedKeys)
  /** Its `folder` is the schema of its database. */
  | { readonly type: 'signer.started'; readonly run: RecordedRun }
  | { readonly type: 'signer.stopped' };

export type JournalEntry = JournalEvent & { readonly atMs: number };
