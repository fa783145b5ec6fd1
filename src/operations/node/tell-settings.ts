import { isEphemeryError } from '../../base/errors.ts';
import type { Keymanager, KeySettingName, KeySettings } from '../../chain/keymanager.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { isSameSetting, type ToldSettings, toldNow } from '../../core/keys/told-settings.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import type { NodeSetup } from './node-setup.ts';
import { keepToldOf, type SetTold, seenOf, settingOf, toldOfSets } from './told-keys.ts';

interface Tell {
  readonly api: Keymanager;
  /** Each key's set. */
  readonly wanted: ReadonlyMap<PublicKey, string>;
  readonly journal: JournalState;
}

interface Around {
  readonly setup: NodeSetup;
  readonly env: { readonly store: Pick<NodeStore, 'told' | 'writeTold'> };
}

/**
 * Sees that each key proposes as the configuration says and, where that says nothing, as its client was told over the
 * API, before a reset or a change of client too. Returns the names of the settings that the configuration gave keys here.
 */
export async function tellSettings(around: Around, tell: Tell): Promise<readonly KeySettingName[]> {
  const { api, journal } = tell;
  const token = journal.runs.validator?.handle.token;
  const here = new Set((await api.keys()).map(({ key }) => key));
  const present = new Map([...tell.wanted].filter(([key]) => here.has(key)));
  const sets = await toldOfSets(around, present);
  for (const set of sets) {
    // What was told since this run was last looked at; after it ended, that is seen below.
    const isThisRun = set.book.run !== undefined && set.book.run.token === token;
    const book = isThisRun ? await keepToldOf({ ...around, api }, set) : set.book;
    await tellWishes(api, set, journal);
    await tellAgain({ ...around, api }, { ...set, book }, token);
  }
  return [...new Set(sets.flatMap(({ wish }) => Object.keys(wish) as KeySettingName[]))];
}

async function tellWishes(api: Keymanager, set: SetTold, { loaded }: JournalState): Promise<void> {
  for (const key of set.keys) {
    for (const name of set.settable) {
      const value = set.wish[name];
      if (value !== undefined || loaded?.settings.includes(name) === true)
        await tellOne(api, key, { name, value });
    }
  }
}

/** The set's first key is told nothing for a moment, to learn what the client has for such a key. */
async function tellAgain(
  { env, api }: Around & { readonly api: Keymanager },
  set: SetTold,
  token: string | undefined,
): Promise<void> {
  const [first] = set.keys;
  if (first === undefined || set.free.length === 0 || token === undefined) return;
  const seen = await seenOf({ api }, set.keys, set.free);
  const firstSeen = seen.get(first) ?? {};
  for (const name of set.free) if (firstSeen[name] !== undefined) await forget(api, first, name);
  const common = (await seenOf({ api }, [first], set.free)).get(first) ?? {};
  const keys = new Map(set.book.keys);
  for (const key of set.keys) {
    const before = set.book.keys.get(key) ?? {};
    const answered = { seen: seen.get(key) ?? {}, common };
    // A client that remembers was told later than we remember; one that forgets is told again.
    const told = { ...before, ...toldNow({}, set.free, answered) };
    keys.set(key, told);
    const current = key === first ? common : answered.seen;
    await tellMissing(api, key, { told, current, names: set.free });
  }
  await env.store.writeTold(set.keySet, { run: { token, common }, keys });
}

async function tellMissing(
  api: Keymanager,
  key: PublicKey,
  { told, current, names }: { told: ToldSettings; current: ToldSettings; names: SetTold['free'] },
): Promise<void> {
  for (const name of names) {
    const value = told[name];
    if (value !== undefined && !isSameSetting(name, current[name], value)) await api.set(key, name, value);
  }
}

async function tellOne<N extends KeySettingName>(
  api: Keymanager,
  key: PublicKey,
  { name, value }: { readonly name: N; readonly value: KeySettings[N] },
): Promise<void> {
  if (value === undefined) return forget(api, key, name);
  if (!isSameSetting(name, await settingOf(api, key, name), value)) await api.set(key, name, value);
}

/** Some clients say "not found" when there is nothing to take away. */
async function forget(api: Keymanager, key: PublicKey, name: KeySettingName): Promise<void> {
  try {
    await api.set(key, name, undefined);
  } catch (thrown) {
    if (!isEphemeryError(thrown) || thrown.code !== 'EPH-KEYMANAGER-NOT-FOUND') throw thrown;
  }
}
