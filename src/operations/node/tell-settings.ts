import { isEphemeryError } from '../../base/errors.ts';
import type { Keymanager, KeySettingName, KeySettings } from '../../chain/keymanager.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { isSameSetting, type ToldSettings, toldNow } from '../../core/keys/told-settings.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import type { NodeSetup } from './node-setup.ts';
import { asBefore, keepToldOf, type SetTold, seenOf, settingOf, toldOfSets } from './told-keys.ts';

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

async function tellAgain(
  { env, api }: Around & { readonly api: Keymanager },
  set: SetTold,
  token: string | undefined,
): Promise<void> {
  const { book, free } = set;
  const bare = keyToBare(set);
  if (bare === undefined || free.length === 0 || token === undefined) return;
  const answers = await seenOf({ api }, set.keys, free);
  const seen = asBefore(answers, book);
  const isKnown = book.run?.token === token;
  const common = isKnown ? book.run.common : await commonOf({ env, api }, set, { bare, seen });
  const keys = new Map(book.keys);
  for (const key of set.keys) {
    // A client that remembers was told later than we remember; one that forgets is told again.
    const told = { ...book.keys.get(key), ...toldNow({}, free, { seen: seen.get(key) ?? {}, common }) };
    keys.set(key, told);
    await tellMissing(api, key, { told, current: answers.get(key) ?? {}, names: free });
  }
  await env.store.writeTold(set.keySet, { run: { token, common }, keys });
}

/**
 * What the client has for a key that was told nothing. One is told nothing for a moment: one without settings of its own
 * where there is such a one. It has them back at once, and what they are is on record for as long.
 */
async function commonOf(
  { env, api }: Pick<Around, 'env'> & { readonly api: Keymanager },
  { keySet, book, free }: SetTold,
  { bare: key, seen }: { readonly bare: PublicKey; readonly seen: ReadonlyMap<PublicKey, ToldSettings> },
): Promise<ToldSettings> {
  const own = seen.get(key) ?? {};
  const common: Record<string, unknown> = {};
  await env.store.writeTold(keySet, { ...book, bared: { key, seen: own } });
  for (const name of free) {
    if (own[name] !== undefined) await forget(api, key, name);
    const value = await settingOf(api, key, name);
    if (value !== undefined) common[name] = value;
    await tellMissing(api, key, { told: own, current: { [name]: value }, names: [name] });
  }
  return common;
}

/** The one that a kill left bare, else the one of which we know the fewest settings of its own. */
function keyToBare({ keys, book }: SetTold): PublicKey | undefined {
  const { bared } = book;
  if (bared !== undefined && keys.includes(bared.key)) return bared.key;
  const count = (key: PublicKey) => Object.keys(book.keys.get(key) ?? {}).length;
  return keys.toSorted((one, other) => count(one) - count(other))[0];
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
