import { createHash } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { isAlive, type ProcessIdentity, processIdentity } from '../../base/process-identity.ts';
import { systemRandom } from '../../base/random.ts';
import { rootErrors } from './errors.ts';
import type { RootPaths } from './root-paths.ts';

/** Who holds a root, and what for. */
export interface LockHolder {
  readonly process: ProcessIdentity;
  /** `supervisor`, or the command that acts by itself. */
  readonly purpose: string;
  readonly sinceMs: number;
}

export interface RootLock {
  /** False once somebody removed or replaced it: the holder must then stop changing anything. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

export type LockState =
  | { readonly state: 'free' }
  /** Its holder is gone: the next one takes it over. */
  | { readonly state: 'stale'; readonly holder: LockHolder }
  | { readonly state: 'held'; readonly holder: LockHolder };

/** Who holds the root now. Throws EPH-ROOT-LOCK-UNREADABLE. */
export async function readLock({ lock }: RootPaths): Promise<LockState> {
  const text = await lockText(lock);
  if (text === undefined) return { state: 'free' };
  const holder = holderIn(text, lock);
  return { state: (await isAlive(holder.process)) ? 'held' : 'stale', holder };
}

/**
 * Takes the lock, over from a holder that is gone if need be. Throws EPH-ROOT-LOCKED when one is alive,
 * EPH-ROOT-LOCK-UNREADABLE when that cannot be told: a lock that is not understood is never broken.
 */
export async function takeLock(paths: RootPaths, purpose: string, nowMs: number): Promise<RootLock> {
  const text = await ourText(purpose, nowMs);
  const mine = `${paths.lock}.${process.pid}-${Buffer.from(systemRandom.bytes(6)).toString('hex')}`;
  await writeFile(mine, text, { mode: 0o600, flag: 'wx' });
  try {
    // Each round either takes the lock or meets another's; rounds end because holders do.
    for (let round = 0; round < 50; round += 1) {
      if (await linked(mine, paths.lock)) return lockOf(paths.lock, text);
      const found = await lockText(paths.lock);
      if (found === undefined) continue;
      const holder = holderIn(found, paths.lock);
      if (await isAlive(holder.process)) throw locked(paths, holder);
      if (await takenOver({ paths, mine, stale: found })) return lockOf(paths.lock, text);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw rootErrors.create('EPH-ROOT-LOCK-UNREADABLE', {
    file: paths.lock,
    reason: 'it changes all the time',
  });
}

/**
 * Replaces the lock of one that is gone. Two may find it at once, so who creates the claim named after
 * the stale lock's content does it, and looks again before the replacement.
 */
async function takenOver(request: { paths: RootPaths; mine: string; stale: string }): Promise<boolean> {
  const { paths, mine, stale } = request;
  const claim = `${paths.lock}.claim-${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  if (!(await linked(mine, claim))) {
    await dropDeadClaim(claim);
    return false;
  }
  try {
    if ((await lockText(paths.lock)) !== stale) return false;
    await rename(mine, paths.lock);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function dropDeadClaim(claim: string): Promise<void> {
  const text = await lockText(claim);
  if (text !== undefined && !(await isAlive(holderIn(text, claim).process))) await rm(claim, { force: true });
}

function lockOf(file: string, text: string): RootLock {
  const isOurs = async () => (await lockText(file)) === text;
  return {
    isOurs,
    release: async () => {
      if (await isOurs()) await rm(file, { force: true });
    },
  };
}

async function ourText(purpose: string, nowMs: number): Promise<string> {
  const identity = await processIdentity(process.pid);
  if (identity === undefined) throw new Error('this process cannot be found');
  const holder: LockHolder = { process: identity, purpose, sinceMs: nowMs };
  return `${JSON.stringify(holder)}\n`;
}

/** Hard links are made by one only, and show the whole content from the first moment. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

async function lockText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
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
    const { process: who, purpose, sinceMs } = JSON.parse(text) as Partial<LockHolder>;
    const isWhole =
      Number.isSafeInteger(who?.pid) && typeof who?.bootId === 'string' && typeof who.startToken === 'string';
    if (!isWhole || typeof purpose !== 'string' || typeof sinceMs !== 'number') return undefined;
    const { pid, bootId, startToken } = who;
    return { process: { pid, bootId, startToken }, purpose, sinceMs };
  } catch {
    return undefined;
  }
}

function locked(paths: RootPaths, holder: LockHolder) {
  return rootErrors.create('EPH-ROOT-LOCKED', {
    root: paths.root,
    pid: holder.process.pid,
    purpose: holder.purpose,
    sinceIso: new Date(holder.sinceMs).toISOString(),
  });
}
