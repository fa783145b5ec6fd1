import { type Answer, known, unknown } from '../../base/answer.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { ImportStatus, Keymanager, KeyOutcome, ListedKey } from '../../chain/keymanager.ts';
import { type PublicKey, shortPublicKey } from '../../core/keys/public-key.ts';
import type { LoadedKeys } from '../../core/node/journal-entry.ts';
import { type JournalState, keysIn } from '../../core/node/journal-state.ts';
import type { StepOf } from '../../core/node/step.ts';
import { hostAddresses } from '../../runtimes/runtime.ts';
import type { StoredKeystore } from '../../storage/node-store.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { beaconUrl, type NodeSetup, needsHostNetwork, settingsOf } from './node-setup.ts';
import { openKeymanager } from './open-keymanager.ts';
import { tellSettings } from './tell-settings.ts';

interface Around {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'guard' | 'keymanager' | 'beacon' | 'log' | 'runtime'>;
}

interface Load {
  readonly step: StepOf<'load-keys'>;
  readonly journal: JournalState;
}

/**
 * Sees that a running validator client has the keys of its sets and no others, and that each proposes as the
 * configuration says. Keys that it is given now have been guarded before. Unknown while it or the network cannot be
 * asked, or somebody else may sign. Throws EPH-NODE-FOREIGN-KEYS, EPH-NODE-KEYS-NOT-LOADED, EPH-NODE-KEYS-WITH-SIGNER,
 * EPH-NODE-KEYS-WITHOUT-SIGNER and EPH-KEYMANAGER-*.
 */
export async function loadKeys(around: Around, load: Load): Promise<Answer<LoadedKeys>> {
  const { store } = around.env;
  const { step, journal } = load;
  const run = journal.runs.validator;
  const api = await openKeymanager(around);
  if (api === undefined || run === undefined) return unknown('it serves no keymanager API');
  const wanted = new Map<PublicKey, string>();
  for (const set of step.keySets) for (const key of await store.publicKeys([set])) wanted.set(key, set);
  const there = await keysOf(api);
  if (!there.known) return there;
  const found = { api, wanted, there: new Set(there.value.map(({ key }) => key)) };
  const foreign = there.value.filter(({ key }) => !wanted.has(key));
  const signer = signerOf(around);
  refuseForeign(
    around.setup.name,
    signer === undefined ? foreign : await withoutRemote(around, api, foreign),
  );
  const brought =
    signer === undefined
      ? await bringIn(around, load, found)
      : await nameToClient(around, load, { ...found, signer });
  if (!brought.known) return brought;
  const settings = await tellSettings(around, { api, wanted, journal });
  // Those that can sign do, and as the configuration says.
  refuseElsewhere(around.setup, brought.value);
  const unused = await refuseUnused(around, step.keySets);
  if (!unused.known) return unused;
  const token = keysIn(journal) ?? '';
  return known({ folder: run.folder, token, fingerprint: step.fingerprint, settings });
}

/** A client that starts does not answer yet, and some answer from the genesis on. */
async function keysOf(api: Keymanager): Promise<Answer<readonly ListedKey[]>> {
  try {
    return known(await api.keys());
  } catch (thrown) {
    if (isEphemeryError(thrown) && thrown.code.startsWith('EPH-HTTP-')) return unknown(messageOf(thrown));
    throw thrown;
  }
}

/** Where the client finds its remote signer, as it sees it; undefined for one that has its keys itself. */
function signerOf({ setup, env }: Around): string | undefined {
  if (setup.validator?.signerUrl === undefined && setup.signer === undefined) return undefined;
  const { addresses } = env.runtime;
  const seen = needsHostNetwork(setup, addresses) ? hostAddresses : addresses;
  return settingsOf(setup, 'validator', seen).signerUrl;
}

function refuseForeign(node: string, foreign: readonly ListedKey[]): void {
  if (foreign.length === 0) return;
  const keys = foreign.slice(0, 3).map(({ key }) => shortPublicKey(key));
  throw nodeErrors.create('EPH-NODE-FOREIGN-KEYS', { node, count: foreign.length, keys });
}

interface Found {
  readonly api: Keymanager;
  /** Each key's set. */
  readonly wanted: ReadonlyMap<PublicKey, string>;
  readonly there: ReadonlySet<PublicKey>;
}

/** Keys that a remote signer has of which the client is told nothing. */
type Elsewhere = readonly PublicKey[];

/** Takes keys of a remote signer away that are of none of its sets, and gives those that stayed. */
async function withoutRemote(
  { env }: Around,
  api: Keymanager,
  foreign: readonly ListedKey[],
): Promise<readonly ListedKey[]> {
  const remote = foreign.flatMap(({ key, held, readonly }) => (held === 'remote' && !readonly ? [key] : []));
  const outcomes = remote.length === 0 ? [] : await api.deleteRemoteKeys(remote);
  const gone = new Set(outcomes.flatMap(({ key, status }) => (status === 'error' ? [] : [key])));
  if (gone.size > 0) env.log.warn('took remote keys away that are of no set', { count: gone.size });
  // One that cannot be changed is watched by its signer's list.
  return foreign.filter(({ key, readonly }) => !gone.has(key) && !readonly);
}

/** Keys of a remote signer that the client does not look for by itself: those that came while it runs, or all. */
async function nameToClient(
  { setup, env }: Around,
  { step, journal }: Load,
  { api, wanted, there, signer }: Found & { readonly signer: string },
): Promise<Answer<Elsewhere>> {
  const { keys } = setup.validator?.definition.keymanager ?? {};
  if (keys === 'local') return known([]);
  const ask = { identity: step.identity, keySets: step.keySets };
  const unsigned = keys === 'remote' ? await env.guard.withoutSigner(step.keySets) : known([]);
  if (!unsigned.known) return unsigned;
  await takeUnsigned(
    { api, env },
    unsigned.value.filter((key) => there.has(key)),
  );
  const lacking = [...wanted.keys()].filter((key) => !there.has(key) && !unsigned.value.includes(key));
  const due = lacking.filter((key) => keys === 'remote' || isNew(journal, key));
  if (due.length === 0) return known([]);
  const admitted = await mayGive({ setup, env }, ask, due);
  if (!admitted.known) return admitted;
  refuseFailed(setup.name, await api.importRemoteKeys(due, signer));
  env.log.info('named keys of the signer to the validator client', { count: due.length });
  await env.guard.admitted(ask);
  return known([]);
}

/** One key that its signer does not have would keep the client from the duties of all. */
async function takeUnsigned(
  { api, env }: { readonly api: Keymanager; readonly env: Pick<NodeEnvironment, 'log'> },
  keys: readonly PublicKey[],
): Promise<void> {
  if (keys.length === 0) return;
  await api.deleteRemoteKeys(keys);
  env.log.warn('took keys away that the signer does not have', { count: keys.length });
}

/** The last look before a client that runs is given keys. */
async function mayGive(
  { setup, env }: Around,
  ask: Pick<StepOf<'load-keys'>, 'identity' | 'keySets'>,
  keys: readonly PublicKey[],
): Promise<Answer<true>> {
  const quiet = await env.guard.admit({ ...ask, beacon: env.beacon(beaconUrl(setup)), keys });
  if (!quiet.known) return quiet;
  if (!quiet.value) return unknown('somebody else signs with the new keys');
  if ((await env.store.signingOrder()).order !== 'run') return unknown('signing is stopped');
  return known(true);
}

async function bringIn(around: Around, { step, journal }: Load, found: Found): Promise<Answer<Elsewhere>> {
  const { setup, env } = around;
  const lacking = [...found.wanted.keys()].filter((key) => !found.there.has(key));
  const elsewhere = await withSigner(around, lacking);
  const missing = lacking.filter((key) => !elsewhere.includes(key));
  const due = missing.filter((key) => comesByApi(setup) || isNew(journal, key));
  // Taken away by hand over the API, which somebody did on purpose.
  if (due.length < missing.length) env.log.warn('the validator client lacks keys', { count: missing.length });
  const ask = { identity: step.identity, keySets: step.keySets };
  if (due.length > 0) {
    const may = await mayGive(around, ask, due);
    if (!may.known) return may;
    await importKeys(around, found, due);
  }
  if (elsewhere.length === 0) await env.guard.admitted(ask);
  return known(elsewhere);
}

/** Keys that a remote signer has, and that a client without one has no keystore of. */
async function withSigner({ setup, env }: Around, lacking: readonly PublicKey[]) {
  if (lacking.length === 0) return [];
  const remote = new Set(await env.store.remoteOnly(setup.validator?.keySets ?? []));
  return lacking.filter((key) => remote.has(key));
}

/** Keys of a set that the remote signer does not have: nobody signs with them. */
async function refuseUnused({ setup, env }: Around, keySets: readonly string[]): Promise<Answer<true>> {
  if (setup.validator?.signerUrl === undefined) return known(true);
  const without = await env.guard.withoutSigner(keySets);
  if (!without.known) return without;
  // One that looks for keys itself finds them when they come back; whoever took them away from the signer knows.
  const isTold = setup.validator.definition.keymanager?.keys === 'remote';
  const remote = new Set(isTold ? [] : await env.store.remoteOnly(keySets));
  const unused = without.value.filter((key) => !remote.has(key));
  if (unused.length === 0) return known(true);
  throw nodeErrors.create('EPH-NODE-KEYS-WITHOUT-SIGNER', {
    node: setup.name,
    count: unused.length,
    keys: unused.slice(0, 3).map(shortPublicKey),
  });
}

function refuseElsewhere({ name, validator }: NodeSetup, elsewhere: Elsewhere): void {
  if (elsewhere.length === 0) return;
  throw nodeErrors.create('EPH-NODE-KEYS-WITH-SIGNER', {
    node: name,
    client: validator?.definition.displayName ?? 'The validator client',
    count: elsewhere.length,
    keys: elsewhere.slice(0, 3).map(shortPublicKey),
    takesSigner: validator?.definition.keymanager?.keys !== 'local',
  });
}

function comesByApi({ validator }: NodeSetup): boolean {
  const places = validator?.definition.keyFiles;
  return places !== undefined && places.place === undefined && places.besideSets !== true;
}

/** Not among those that the client was started with. */
function isNew({ keys }: JournalState, key: PublicKey): boolean {
  return keys?.keys !== undefined && !keys.keys.includes(key.slice(2, 18));
}

async function importKeys(
  { setup, env }: Around,
  { api, wanted }: Found,
  keys: readonly PublicKey[],
): Promise<void> {
  const keystores: StoredKeystore[] = [];
  for (const set of new Set(keys.map((key) => wanted.get(key) ?? ''))) {
    const ofSet = keys.filter((key) => wanted.get(key) === set);
    keystores.push(...(await env.store.keystores(set, ofSet)));
  }
  const outcomes = await api.importKeystores(keystores);
  refuseFailed(setup.name, outcomes);
  env.log.info('brought keys into the validator client', { count: outcomes.length });
}

function refuseFailed(node: string, outcomes: readonly KeyOutcome<ImportStatus>[]): void {
  const failed = outcomes.filter(({ status }) => status === 'error');
  if (failed.length === 0) return;
  const reason = failed[0]?.message ?? 'no reason given';
  throw nodeErrors.create('EPH-NODE-KEYS-NOT-LOADED', { node, count: failed.length, reason });
}
