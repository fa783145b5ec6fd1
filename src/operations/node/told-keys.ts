import { isEphemeryError } from '../../base/errors.ts';
import type { Keymanager, KeySettingName, KeySettings } from '../../chain/keymanager.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { isSameSetting, type ToldBook, type ToldSettings, toldNow } from '../../core/keys/told-settings.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { defined } from './defined.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { asksBuilder, type NodeSetup } from './node-setup.ts';
import { openKeymanager } from './open-keymanager.ts';

/** One set of the keys that a client has, and what its keys were told. */
export interface SetTold {
  readonly keySet: string;
  readonly keys: readonly PublicKey[];
  readonly book: ToldBook;
  readonly settable: readonly KeySettingName[];
  /** What the configuration says of the set. */
  readonly wish: KeySettings;
  /** What it says nothing of: whoever speaks to the client's API decides. */
  readonly free: readonly KeySettingName[];
}

interface Around {
  readonly setup: NodeSetup;
  readonly env: { readonly store: Pick<NodeStore, 'told' | 'writeTold'> };
}

const atOnce = 8;

/** `keys`: each key that the client has, and its set. Throws EPH-STORE-TOLD-INVALID. */
export async function toldOfSets(
  { setup, env }: Around,
  keys: ReadonlyMap<PublicKey, string>,
): Promise<readonly SetTold[]> {
  const { feeRecipients = {}, keySettings = {} } = setup.validator ?? {};
  const settable = settableIn(setup);
  const sets: SetTold[] = [];
  for (const keySet of new Set(keys.values())) {
    const said: KeySettings = { ...keySettings[keySet], ...defined({ feeRecipient: feeRecipients[keySet] }) };
    const wish = Object.fromEntries(
      settable.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])),
    );
    sets.push({
      keySet,
      keys: [...keys].flatMap(([key, set]) => (set === keySet ? [key] : [])),
      book: await env.store.told(keySet),
      settable,
      wish,
      free: settable.filter((name) => said[name] === undefined),
    });
  }
  return sets;
}

function settableIn(setup: NodeSetup): readonly KeySettingName[] {
  const { settings = [], gasLimitNeedsBuilder } = setup.validator?.definition.keymanager ?? {};
  const takesAll = gasLimitNeedsBuilder !== true || asksBuilder(setup);
  return takesAll ? settings : settings.filter((name) => name !== 'gasLimit');
}

/**
 * Writes down what the keys of a running validator client were told over its API, so that the client after it can be told
 * the same. Nothing is written of a run whose own settings are not known. Throws EPH-KEYMANAGER-* and EPH-HTTP-*.
 */
export async function keepTold(
  around: { readonly setup: NodeSetup; readonly env: Pick<NodeEnvironment, 'store' | 'keymanager'> },
  journal: JournalState,
  signal: AbortSignal,
): Promise<void> {
  const { setup, env } = around;
  const run = journal.runs.validator;
  const api = run === undefined ? undefined : await openKeymanager(around);
  if (api === undefined) return;
  const here = new Set((await api.keys()).map(({ key }) => key));
  const present = new Map<PublicKey, string>();
  for (const keySet of setup.validator?.keySets ?? [])
    for (const key of await env.store.publicKeys([keySet])) if (here.has(key)) present.set(key, keySet);
  for (const set of await toldOfSets(around, present)) {
    if (set.book.run?.token === run?.handle.token) await keepToldOf({ ...around, api, signal }, set);
  }
}

/** Of a set whose book is of this very run. */
export async function keepToldOf(
  { env, api, signal }: Around & { readonly api: Keymanager; readonly signal?: AbortSignal },
  { keySet, keys: present, book, free }: SetTold,
): Promise<ToldBook> {
  const { run } = book;
  if (run === undefined || free.length === 0) return book;
  const seen = asBefore(await seenOf({ api, signal }, present, free), book);
  const keys = new Map(book.keys);
  for (const key of present)
    keys.set(key, toldNow(book.keys.get(key) ?? {}, free, { seen: seen.get(key) ?? {}, common: run.common }));
  signal?.throwIfAborted();
  const kept = { ...book, keys };
  if (present.some((key) => !isSame(book.keys.get(key), keys.get(key))))
    await env.store.writeTold(keySet, kept);
  return kept;
}

function isSame(one: ToldSettings = {}, other: ToldSettings = {}): boolean {
  return (['feeRecipient', 'gasLimit', 'graffiti'] as const).every((name) =>
    isSameSetting(name, one[name], other[name]),
  );
}

/** What a client answered for its keys, the one among them that a kill left without its own. */
export function asBefore(
  seen: ReadonlyMap<PublicKey, ToldSettings>,
  { bared }: ToldBook,
): ReadonlyMap<PublicKey, ToldSettings> {
  const now = bared === undefined ? undefined : seen.get(bared.key);
  if (bared === undefined || now === undefined) return seen;
  return new Map(seen).set(bared.key, { ...now, ...bared.seen });
}

/** What the client answers for each of these keys. */
export async function seenOf(
  { api, signal }: { readonly api: Keymanager; readonly signal?: AbortSignal | undefined },
  keys: readonly PublicKey[],
  names: readonly KeySettingName[],
): Promise<ReadonlyMap<PublicKey, ToldSettings>> {
  const seen = new Map<PublicKey, ToldSettings>();
  const next = keys[Symbol.iterator]();
  const work = async () => {
    for (const key of next) {
      const settings: [string, unknown][] = [];
      for (const name of names) {
        signal?.throwIfAborted();
        settings.push([name, await settingOf(api, key, name)]);
      }
      seen.set(key, Object.fromEntries(settings.filter(([, value]) => value !== undefined)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return seen;
}

/** A key that the client was seen to have is "not found" where nothing is set for it. */
export async function settingOf<N extends KeySettingName>(
  api: Keymanager,
  key: PublicKey,
  name: N,
): Promise<KeySettings[N]> {
  try {
    return await api.setting(key, name);
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-KEYMANAGER-NOT-FOUND')) return undefined as KeySettings[N];
    throw thrown;
  }
}
