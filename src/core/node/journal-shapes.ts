import type { NetworkIdentity } from '../network/identity.ts';
import {
  type Decoder,
  finite,
  listOf,
  oneOf,
  optional,
  prose,
  record,
  text,
  truth,
  whole,
} from './decode.ts';
import type {
  IntendedRun,
  JournalEntry,
  KeyInventory,
  LoadedKeys,
  RecordedRun,
  RunHandle,
  StepTiming,
} from './journal-entry.ts';
import type { JournalState } from './journal-state.ts';

const chainLayer = oneOf('execution', 'consensus');
const nodeLayer = oneOf('execution', 'consensus', 'validator');
const cause = oneOf('first', 'scheduled', 'forced');
const hook = oneOf('reset.completed', 'reset.live');
const consent = oneOf('older-iteration', 'changed-identity', 'changed-schedule', 'fewer-keys');
const reason = oneOf('wrong-network', 'forced', 'resync');
const spentOn = oneOf('client', 'own');

export const networkIdentity: Decoder<NetworkIdentity> = record({
  iteration: whole,
  chainId: whole,
  genesisValidatorsRoot: text,
  executionGenesisHash: text,
  genesisTimeSeconds: whole,
});

const handle: Decoder<RunHandle> = record({ runtime: text, unit: text, token: text });
const intended = {
  client: text,
  fingerprint: text,
  folder: text,
  identity: text,
  carries: optional(text),
  host: optional(chainLayer),
};
const intendedRun: Decoder<IntendedRun> = record(intended);
const recordedRun: Decoder<RecordedRun> = record({ ...intended, handle });
const timing: Decoder<StepTiming> = record({ step: prose, durationMs: finite, spentOn });
/** More keys than any node has; a journal that holds them is still far below the longest we read. */
const mostKeys = 100_000;
const keys: Decoder<KeyInventory> = record({
  count: whole,
  fingerprint: text,
  keys: optional(listOf(text, mostKeys)),
});
const loadedKeys: Decoder<LoadedKeys> = record({
  folder: text,
  token: text,
  fingerprint: text,
  settings: listOf(text),
});
const agreedCheckpoint = record({ epoch: whole, root: text, confirmedBy: listOf(text) });
const chosenCheckpoint = record({
  folder: text,
  client: text,
  provider: optional(text),
  agreed: optional(agreedCheckpoint),
  reason: optional(prose),
});
const layerFolder = { layer: chainLayer, folder: text };

type Shapes = {
  [K in JournalEntry['type']]: Decoder<Omit<Extract<JournalEntry, { type: K }>, 'type' | 'atMs'>>;
};

const shapes: Shapes = {
  'reset.started': record({
    identity: networkIdentity,
    cause,
    scheduledAtMs: finite,
    waitedMs: finite,
    givesUp: listOf(text),
  }),
  'step.started': record({ step: prose }),
  'step.done': timing,
  'step.failed': record({ step: prose, code: prose, detail: prose }),
  'unit.starting': record({ layer: nodeLayer, run: intendedRun }),
  'unit.started': record({ layer: nodeLayer, run: recordedRun }),
  'unit.stopped': record({ layer: nodeLayer }),
  'layer.proven': record({ ...layerFolder, client: text }),
  'layer.harvested': record({ ...layerFolder, client: text }),
  'folder.condemned': record({ ...layerFolder, reason }),
  'folder.collected': record({ folder: text }),
  'checkpoint.chosen': chosenCheckpoint,
  'reset.completed': record({}),
  'reset.live': record({}),
  'hook.finished': record({ hook, identity: text }),
  'hold.set': record({ held: truth }),
  'consent.given': record({ consent, subject: text }),
  'keys.recorded': record({ keys }),
  'keys.loaded': loadedKeys,
  'signer.started': record({ run: recordedRun }),
  'signer.stopped': record({}),
};

const entryHead = record({
  type: oneOf(...(Object.keys(shapes) as readonly JournalEntry['type'][])),
  atMs: finite,
});

/** One entry from parsed JSON. Throws a DecodeError. */
export const journalEntry: Decoder<JournalEntry> = (value) => {
  const head = entryHead(value);
  return { ...head, ...shapes[head.type](value) } as JournalEntry;
};

const reset = record({
  identity: networkIdentity,
  cause,
  previousIteration: optional(whole),
  scheduledAtMs: finite,
  startedAtMs: finite,
  waitedMs: finite,
  steps: listOf(timing),
  completedAtMs: optional(finite),
  liveAtMs: optional(finite),
});

const provenLayers = listOf(record({ ...layerFolder, client: text }));
const byLayer = <T>(decode: Decoder<T>) =>
  record({ execution: optional(decode), consensus: optional(decode), validator: optional(decode) });

/** A whole state, as a compacted journal begins with it. Throws a DecodeError. */
export const journalState: Decoder<JournalState> = record({
  reset: optional(reset),
  adopted: listOf(networkIdentity),
  highestProven: optional(whole),
  runs: byLayer(recordedRun),
  starting: byLayer(intendedRun),
  proven: provenLayers,
  harvested: provenLayers,
  condemned: listOf(record({ ...layerFolder, reason })),
  held: truth,
  consents: listOf(record({ consent, subject: text })),
  keys: optional(keys),
  loaded: optional(loadedKeys),
  signer: optional(recordedRun),
  checkpoint: optional(chosenCheckpoint),
  protectionUsed: optional(listOf(text)),
  hooksDue: listOf(record({ hook, identity: text })),
  step: optional(prose),
});
