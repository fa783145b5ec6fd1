import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

export interface LockFileAsk {
  readonly path: string;
  /** What the file will hold: names the holder, and is never written twice. */
  readonly text: string;
  /** Who wrote a text. Undefined where nobody can hold it; what this throws ends the attempt. */
  readonly holderIn: (text: string, path: string) => ProcessIdentity | undefined;
}

/** A lock that is ours until `release`, or the text of the one that is in the way. */
export type LockFileAnswer =
  | { readonly kind: 'held'; readonly lock: HeldLockFile }
  | { readonly kind: 'taken'; readonly text: string };

export interface HeldLockFile {
  /** False once somebody removed or replaced it. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes a lock that one process holds, over from a holder that is gone if need be: of any number that try at once,
 * one has it. Rejects when the file changes all the time, and with what reading it or `holderIn` throws.
 */
export async function takeLockFile(ask: LockFileAsk): Promise<LockFileAnswer> {
  const mine = `${ask.path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  await writeFile(mine, ask.text, { mode: 0o600, flag: 'wx' });
  try {
    return await take(ask, mine);
  } finally {
    await rm(mine, { force: true });
  }
}

async function take(ask: LockFileAsk, mine: string): Promise<LockFileAnswer> {
  const { path, text, holderIn } = ask;
  // Each round either takes the lock or meets another's; rounds end because holders do.
  for (let round = 0; round < 50; round += 1) {
    if (await linked(mine, path)) return { kind: 'held', lock: heldLock(path, text) };
    const found = await lockText(path);
    if (found === undefined) continue;
    const holder = holderIn(found, path);
    if (holder !== undefined && (await isAlive(holder))) return { kind: 'taken', text: found };
    if (await takenOver(ask, mine, found)) return { kind: 'held', lock: heldLock(path, text) };
  }
  throw new RangeError(`${path} changes all the time`);
}

/**
 * Replaces the lock of one that is gone. Several may find it at once: who holds the claim on exactly this text does it,
 * and looks again before. The claim is a lock like any other, so that one whose holder died is taken over as well.
 */
async function takenOver(ask: LockFileAsk, mine: string, stale: string): Promise<boolean> {
  const claim = `${ask.path}.claim-${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  if (!(await linked(mine, claim)) && !(await takenOverClaim({ ...ask, path: claim }, mine))) return false;
  try {
    if ((await lockText(ask.path)) !== stale) return false;
    await rename(mine, ask.path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function takenOverClaim(claim: LockFileAsk, mine: string): Promise<boolean> {
  const found = await lockText(claim.path);
  if (found === undefined) return false;
  const holder = claim.holderIn(found, claim.path);
  if (holder !== undefined && (await isAlive(holder))) return false;
  // `mine` itself is still needed for the lock.
  const copy = `${mine}.c`;
  await link(mine, copy);
  try {
    return await takenOver(claim, copy, found);
  } finally {
    await rm(copy, { force: true });
  }
}

function heldLock(path: string, text: string): HeldLockFile {
  const isOurs = async () => (await lockText(path)) === text;
  return {
    isOurs,
    release: async () => {
      if (await isOurs()) await rm(path, { force: true });
    },
  };
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

/** Undefined when there is none. */
export async function lockText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
