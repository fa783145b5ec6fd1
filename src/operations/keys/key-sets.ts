import { isEphemeryError } from '../../base/errors.ts';
import { keySetNameForm } from '../../core/keys/key-set-paths.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { KeySetStore } from '../../keys/store/key-set-store.ts';
import { takeKeyLock } from '../../storage/files/key-lock.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import type { Services } from '../services.ts';
import { keyUseErrors } from './errors.ts';

export type KeyServices = Pick<Services, 'clock' | 'random' | 'host' | 'paths'>;

export function keySetStore(paths: RootPaths): KeySetStore {
  return new KeySetStore(paths.keys);
}

/**
 * Holds the one lock on all key sets: a key that two imports put into two sets at once would have two owners. It is not
 * the lock of the root, which a running supervisor holds. Throws EPH-ROOT-LOCKED.
 */
export async function withKeyLock<T>(
  { paths, clock }: KeyServices,
  purpose: string,
  act: () => Promise<T>,
): Promise<T> {
  const lock = await takeKeyLock(paths, purpose, clock.nowMs());
  try {
    return await act();
  } finally {
    await lock.release();
  }
}

/** What a backup takes the lock for. */
export const backupPurpose = 'keys backup';
/** A backup of thousands of keys to a slow place is done by then. */
const backupPatienceMs = 120_000;
const lookMs = 100;

export interface AfterBackup<T> {
  readonly act: () => Promise<T>;
  /** Told once, when there is a backup to wait for. */
  readonly onWait?: ((why: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same, but a backup that is at the keys, as a scheduled one may be at any moment, is waited for: it ends by itself.
 * Anybody else who changes keys is not. Throws EPH-ROOT-LOCKED, and the signal's reason while it waits.
 */
export async function withKeyLockAfterBackup<T>(
  services: KeyServices,
  purpose: string,
  { act, onWait, signal }: AfterBackup<T>,
): Promise<T> {
  const { paths, clock } = services;
  const deadlineMs = clock.monotonicMs() + backupPatienceMs;
  const take = () => takeKeyLock(paths, purpose, clock.nowMs());
  let isTold = false;
  let lock = await take().catch((thrown) => ifBackup(thrown, clock.monotonicMs() < deadlineMs));
  while (lock === undefined) {
    if (!isTold) onWait?.(`A backup is at the keys; waiting up to ${backupPatienceMs / 1_000} seconds`);
    isTold = true;
    await clock.sleep(lookMs, signal);
    lock = await take().catch((thrown) => ifBackup(thrown, clock.monotonicMs() < deadlineMs));
  }
  try {
    return await act();
  } finally {
    await lock.release();
  }
}

function ifBackup(thrown: unknown, mayWait: boolean): undefined {
  const isBackup = isEphemeryError(thrown, 'EPH-ROOT-LOCKED') && thrown.facts.purpose === backupPurpose;
  if (!mayWait || !isBackup) throw thrown;
}

/** Throws EPH-KEYS-SET-NAME. */
export function checkedSetName(name: string): string {
  if (!keySetNameForm.test(name)) throw keyUseErrors.create('EPH-KEYS-SET-NAME', { name });
  return name;
}

export interface KeyPlace {
  readonly keySet: string;
  readonly key: PublicKey;
}

export interface ChosenKey extends KeyPlace {
  /** Where its secret is: here, or with a remote signer. */
  readonly held: 'local' | 'remote';
}

export interface KeyChoice {
  /** Of this set alone. */
  readonly keySet?: string | undefined;
  /** Public keys, or their beginnings; all keys when empty. */
  readonly keys: readonly string[];
}

/**
 * The keys that are meant, those of remote signers among them. Throws EPH-KEYS-NO-SET, EPH-KEYS-NOT-HERE,
 * EPH-KEYS-SOME-NAMED-TWICE and EPH-KEYS-REMOTE-LIST.
 */
export async function allChosenKeys(
  store: KeySetStore,
  { keySet, keys }: KeyChoice,
): Promise<readonly ChosenKey[]> {
  const local = await store.owners();
  const all = [...(await store.holders())].map(([key, set]): ChosenKey => {
    const held = local.has(key) ? 'local' : 'remote';
    return { key, keySet: set, held };
  });
  const candidates = keySet === undefined ? all : all.filter((place) => place.keySet === keySet);
  if (keySet !== undefined && candidates.length === 0)
    throw keyUseErrors.create('EPH-KEYS-NO-SET', { name: keySet, sets: await store.sets() });
  if (keys.length === 0) return candidates;
  // Named twice, it is meant once.
  return [...new Set(keys.map((given) => oneOf(candidates, given)))];
}

/**
 * Those that are meant and whose secrets are here. Throws as `allChosenKeys`, and EPH-KEYS-WITH-SIGNER for one that is
 * meant by name, or by its set, and is not.
 */
export async function chosenKeys(store: KeySetStore, choice: KeyChoice): Promise<readonly KeyPlace[]> {
  const chosen = await allChosenKeys(store, choice);
  const local = chosen.filter(({ held }) => held === 'local');
  const [remote] = chosen.filter(({ held }) => held === 'remote');
  const isMeant = choice.keys.length > 0 || choice.keySet !== undefined;
  if (remote !== undefined && isMeant) {
    const { key, keySet } = remote;
    throw keyUseErrors.create('EPH-KEYS-WITH-SIGNER', { key, keySet });
  }
  return local;
}

function oneOf(candidates: readonly ChosenKey[], given: string): ChosenKey {
  const start = readPublicKey(given) ?? (given.startsWith('0x') ? given : `0x${given}`).toLowerCase();
  const fitting = candidates.filter(({ key }) => key.startsWith(start));
  const [first] = fitting;
  if (first === undefined || start.length < 6)
    throw keyUseErrors.create('EPH-KEYS-NOT-HERE', { key: given.slice(0, 100) });
  if (fitting.length > 1)
    throw keyUseErrors.create('EPH-KEYS-SOME-NAMED-TWICE', {
      start: given.slice(0, 100),
      keys: fitting.length,
    });
  return first;
}
