import { dirname } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { folderPlace, isCopied } from '../../base/folder-place.ts';
import { lockText, takeLockFile } from '../../base/lock-file.ts';
import { isAlive, type ProcessIdentity, processIdentity } from '../../base/process-identity.ts';
import { rootErrors } from './errors.ts';
import type { RootPaths } from './root-paths.ts';

/** Who holds a root, and what for. */
export interface LockHolder {
  readonly process: ProcessIdentity;
  /** `supervisor`, or the command that acts by itself. */
  readonly purpose: string;
  readonly sinceMs: number;
  /** Of the lock's folder, as `folderPlace` tells it. */
  readonly place?: string;
}

/** The lock of a root, or that of the keys in it. */
export interface LockPlace extends Pick<RootPaths, 'root' | 'lock'> {
  readonly held?: 'root' | 'keys';
}

export interface RootLock {
  /** False once somebody removed or replaced it: the holder must then stop changing anything. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

export type LockState =
  | { readonly state: 'free' }
  /** Its holder is gone, or holds the root that this one was copied from: the next one takes it over. */
  | { readonly state: 'stale'; readonly holder: LockHolder }
  | { readonly state: 'held'; readonly holder: LockHolder };

/** Who holds the root now. Throws EPH-ROOT-LOCK-UNREADABLE. */
export async function readLock({ lock }: RootPaths): Promise<LockState> {
  const text = await readable(lock, () => lockText(lock));
  if (text === undefined) return { state: 'free' };
  const holder = holderIn(text, lock);
  const isHeld = !isCopied(holder.place, await placeOf(lock)) && (await isAlive(holder.process));
  return { state: isHeld ? 'held' : 'stale', holder };
}

/**
 * Takes the lock, over from a holder that is gone if need be. Throws EPH-ROOT-LOCKED when one is alive,
 * EPH-ROOT-LOCK-UNREADABLE when that cannot be told: a lock that is not understood is never broken.
 */
export async function takeLock(paths: LockPlace, purpose: string, nowMs: number): Promise<RootLock> {
  const path = paths.lock;
  const place = await placeOf(path);
  const text = await ourText({ purpose, sinceMs: nowMs, place });
  const holderOf = (found: string, file: string) => {
    const holder = holderIn(found, file);
    return isCopied(holder.place, place) ? undefined : holder.process;
  };
  const answer = await takeLockFile({ path, text, holderIn: holderOf }).catch((cause: unknown) => {
    if (isEphemeryError(cause)) throw cause;
    throw rootErrors.create('EPH-ROOT-LOCK-UNREADABLE', { file: path, reason: messageOf(cause) }, cause);
  });
  if (answer.kind === 'taken') throw locked(paths, holderIn(answer.text, path));
  return {
    isOurs: async () => readable(path, () => answer.lock.isOurs()),
    release: () => answer.lock.release(),
  };
}

function placeOf(lock: string): Promise<string> {
  return folderPlace(dirname(lock));
}

async function ourText(about: Omit<LockHolder, 'process'>): Promise<string> {
  const identity = await processIdentity(process.pid);
  if (identity === undefined) throw new Error('this process cannot be found');
  const holder: LockHolder = { process: identity, ...about };
  return `${JSON.stringify(holder)}\n`;
}

/** Throws EPH-ROOT-LOCK-UNREADABLE. */
async function readable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw rootErrors.create('EPH-ROOT-LOCK-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  }
}

function holderIn(text: string, file: string): LockHolder {
  const holder = parsed(text);
  if (holder !== undefined) return holder;
  throw rootErrors.create('EPH-ROOT-LOCK-UNREADABLE', { file, reason: 'it is not a lock of ours' });
}

function parsed(text: string): LockHolder | undefined {
  try {
    const { process: who, purpose, sinceMs, place } = JSON.parse(text) as Partial<LockHolder>;
    const isWhole =
      Number.isSafeInteger(who?.pid) && typeof who?.bootId === 'string' && typeof who.startToken === 'string';
    if (!isWhole || typeof purpose !== 'string' || typeof sinceMs !== 'number') return undefined;
    const { pid, bootId, startToken } = who;
    const where = typeof place === 'string' ? { place } : {};
    return { process: { pid, bootId, startToken }, purpose, sinceMs, ...where };
  } catch {
    return undefined;
  }
}

function locked({ root, held = 'root' }: LockPlace, holder: LockHolder) {
  return rootErrors.create('EPH-ROOT-LOCKED', {
    root,
    held,
    pid: holder.process.pid,
    purpose: holder.purpose,
    sinceIso: new Date(holder.sinceMs).toISOString(),
  });
}
