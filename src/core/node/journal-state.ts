import { identityName, type NetworkIdentity } from '../network/identity.ts';
import { type ChainLayer, chainLayers, type NodeLayer } from './desired.ts';
import type {
  ChosenCheckpoint,
  CondemnReason,
  ConsentKind,
  HookName,
  IntendedRun,
  JournalEntry,
  KeyInventory,
  LoadedKeys,
  RecordedRun,
  ResetCause,
  StepTiming,
} from './journal-entry.ts';

export interface ResetProgress {
  readonly identity: NetworkIdentity;
  readonly cause: ResetCause;
  readonly previousIteration?: number;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  readonly waitedMs: number;
  readonly steps: readonly StepTiming[];
  readonly completedAtMs?: number;
  readonly liveAtMs?: number;
}

export interface LayerFolder {
  readonly layer: ChainLayer;
  readonly folder: string;
}

/** What the journal amounts to. Plain data: a compacted journal begins with it. */
export interface JournalState {
  /** The last reset, finished or not: where the node is or is going. */
  readonly reset?: ResetProgress;
  /** Every identity that a reset went to, the latest last. */
  readonly adopted: readonly NetworkIdentity[];
  readonly highestProven?: number;
  readonly runs: Readonly<Partial<Record<NodeLayer, RecordedRun>>>;
  /** Starts that were begun and neither confirmed nor undone. */
  readonly starting: Readonly<Partial<Record<NodeLayer, IntendedRun>>>;
  readonly proven: readonly (LayerFolder & { readonly client: string })[];
  readonly harvested: readonly (LayerFolder & { readonly client: string })[];
  readonly condemned: readonly (LayerFolder & { readonly reason: CondemnReason })[];
  readonly held: boolean;
  readonly consents: readonly { readonly consent: ConsentKind; readonly subject: string }[];
  readonly keys?: KeyInventory;
  readonly loaded?: LoadedKeys;
  /** The signer of our own that was started last, and not stopped. */
  readonly signer?: RecordedRun;
  /** The last choice for a new consensus directory. */
  readonly checkpoint?: ChosenCheckpoint;
  /** Protection stores on which a validator client was ever started, `<gvr8>/<client>-<n>`: one that is gone is missed. */
  readonly protectionUsed?: readonly string[];
  readonly hooksDue: readonly { readonly hook: HookName; readonly identity: string }[];
  /** The step under way when the journal ends. */
  readonly step?: string;
}

export const emptyJournal: JournalState = {
  adopted: [],
  runs: {},
  starting: {},
  proven: [],
  harvested: [],
  condemned: [],
  held: false,
  consents: [],
  hooksDue: [],
};

/** Lists in the state keep this many: a journal's length must not grow with a node's age. */
const keptItems = 64;

function appended<T>(list: readonly T[], item: T): readonly T[] {
  return [...list, item].slice(-keptItems);
}

function without<T>(record: Readonly<Partial<Record<NodeLayer, T>>>, layer: NodeLayer) {
  const { [layer]: _gone, ...rest } = record;
  return rest as Readonly<Partial<Record<NodeLayer, T>>>;
}

type EntryOf<K extends JournalEntry['type']> = Extract<JournalEntry, { type: K }>;
type Reducers = { [K in JournalEntry['type']]: (state: JournalState, entry: EntryOf<K>) => JournalState };

function startReset(state: JournalState, entry: EntryOf<'reset.started'>): JournalState {
  const previous = state.adopted.at(-1);
  const reset: ResetProgress = {
    identity: entry.identity,
    cause: entry.cause,
    ...(previous === undefined ? {} : { previousIteration: previous.iteration }),
    scheduledAtMs: entry.scheduledAtMs,
    startedAtMs: entry.atMs,
    waitedMs: entry.waitedMs,
    steps: [],
  };
  const name = identityName(entry.identity);
  const others = state.adopted.filter((identity) => identityName(identity) !== name);
  const given = entry.givesUp.flatMap((folder) =>
    chainLayers.map((layer) => ({ layer, folder, reason: 'forced' as const })),
  );
  return {
    ...state,
    reset,
    adopted: appended(others, entry.identity),
    condemned: [...state.condemned.filter((c) => !entry.givesUp.includes(c.folder)), ...given],
    proven: state.proven.filter((p) => !entry.givesUp.includes(p.folder)),
  };
}

function endStep(state: JournalState, entry: EntryOf<'step.done'>): JournalState {
  const { step: _ended, ...rest } = state;
  const reset = state.reset;
  if (reset === undefined || reset.completedAtMs !== undefined) return rest;
  const timing = { step: entry.step, durationMs: entry.durationMs, spentOn: entry.spentOn };
  return { ...rest, reset: { ...reset, steps: appended(reset.steps, timing) } };
}

function mark(state: JournalState, hook: HookName, atMs: number): JournalState {
  const reset = state.reset;
  if (reset === undefined) return state;
  const done = hook === 'reset.completed' ? { completedAtMs: atMs } : { liveAtMs: atMs };
  const hooksDue = appended(state.hooksDue, { hook, identity: identityName(reset.identity) });
  return { ...state, hooksDue, reset: { ...reset, ...done } };
}

/** A layer that runs inside another has no run of its own any more. */
function startUnit(state: JournalState, { layer, run }: EntryOf<'unit.started'>): JournalState {
  const others = run.carries === undefined ? state : withoutConsensus(state);
  return {
    ...state,
    starting: without(others.starting, layer),
    runs: { ...others.runs, [layer]: run },
  };
}

function withoutConsensus({ starting, runs }: JournalState): Pick<JournalState, 'starting' | 'runs'> {
  return { starting: without(starting, 'consensus'), runs: without(runs, 'consensus') };
}

function usedWith({ protectionUsed = [] }: JournalState, folder: string): readonly string[] {
  return protectionUsed.includes(folder) ? protectionUsed : appended(protectionUsed, folder);
}

const reducers: Reducers = {
  'reset.started': startReset,
  'step.started': (state, entry) => ({ ...state, step: entry.step }),
  'step.done': endStep,
  'step.failed': ({ step: _failed, ...rest }) => rest,
  'unit.starting': (state, { layer, run }) => ({
    ...state,
    starting: { ...state.starting, [layer]: run },
    ...(layer === 'validator' ? { protectionUsed: usedWith(state, run.folder) } : {}),
  }),
  'unit.started': startUnit,
  'unit.stopped': (state, { layer }) => ({
    ...state,
    starting: without(state.starting, layer),
    runs: without(state.runs, layer),
  }),
  'layer.proven': (state, { layer, folder, client }) => ({
    ...state,
    proven: appended(state.proven, { layer, folder, client }),
  }),
  'layer.harvested': (state, { layer, folder, client }) => ({
    ...state,
    harvested: appended(state.harvested, { layer, folder, client }),
  }),
  'folder.condemned': (state, { layer, folder, reason }) => ({
    ...state,
    condemned: appended(state.condemned, { layer, folder, reason }),
    proven: state.proven.filter((p) => p.layer !== layer || p.folder !== folder),
  }),
  'folder.collected': (state, { folder }) => ({
    ...state,
    proven: state.proven.filter((p) => p.folder !== folder),
    harvested: state.harvested.filter((h) => h.folder !== folder),
    condemned: state.condemned.filter((c) => c.folder !== folder),
  }),
  'checkpoint.chosen': (state, { folder, client, provider, agreed, reason }) => ({
    ...state,
    checkpoint: {
      folder,
      client,
      ...(provider === undefined ? {} : { provider }),
      ...(agreed === undefined ? {} : { agreed }),
      ...(reason === undefined ? {} : { reason }),
    },
  }),
  'reset.completed': (state, entry) => ({
    ...mark(state, 'reset.completed', entry.atMs),
    ...(state.reset === undefined
      ? {}
      : // May be lower than before: the planner goes back only with consent.
        { highestProven: state.reset.identity.iteration }),
  }),
  'reset.live': (state, entry) => mark(state, 'reset.live', entry.atMs),
  'hook.finished': (state, entry) => ({
    ...state,
    hooksDue: state.hooksDue.filter((due) => due.hook !== entry.hook || due.identity !== entry.identity),
  }),
  'hold.set': (state, { held }) => ({ ...state, held }),
  'consent.given': (state, { consent, subject }) => ({
    ...state,
    consents: appended(state.consents, { consent, subject }),
  }),
  'keys.recorded': (state, { keys }) => ({ ...state, keys }),
  'signer.started': (state, { run }) => ({ ...state, signer: run }),
  'signer.stopped': ({ signer: _stopped, ...rest }) => rest,
  'keys.loaded': (state, { folder, token, fingerprint, settings }) => ({
    ...state,
    loaded: { folder, token, fingerprint, settings },
  }),
};

/** The state after one more entry. */
export function applyEntry(state: JournalState, entry: JournalEntry): JournalState {
  const reduce = reducers[entry.type] as (state: JournalState, entry: JournalEntry) => JournalState;
  return reduce(state, entry);
}

/** The run of a layer: its own, or that of the unit which it runs in, under its own name. */
export function runOf({ runs }: Pick<JournalState, 'runs'>, layer: ChainLayer): RecordedRun | undefined {
  const { execution } = runs;
  const own = runs[layer];
  if (own !== undefined || layer !== 'consensus' || execution?.carries === undefined) return own;
  return { ...execution, client: execution.carries };
}

/**
 * What a validator client's keys were brought into: its run, and for one that is inside another program and forgets them
 * with it, that program's too.
 */
export function keysIn({ runs }: Pick<JournalState, 'runs'>): string | undefined {
  const { validator } = runs;
  if (validator?.host === undefined) return validator?.handle.token;
  return `${validator.handle.token}.${runs[validator.host]?.handle.token ?? ''}`;
}

/** The identity of the last reset, finished or not. */
export function adoptedIdentity(state: JournalState): NetworkIdentity | undefined {
  return state.reset?.identity;
}

export function hasConsent(state: JournalState, consent: ConsentKind, subject: string): boolean {
  return state.consents.some((given) => given.consent === consent && given.subject === subject);
}
