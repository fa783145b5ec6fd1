import { randomBytes } from 'node:crypto';

const ours = new Set<string>();

/** A new claim of this process, for a file's name to say who works on it: `<pid>-<12 hex digits>`. */
export function newClaim(): string {
  const claim = `${process.pid}-${randomBytes(6).toString('hex')}`;
  ours.add(claim);
  return claim;
}

/** Says that we do not work on it any more. */
export function endClaim(claim: string): void {
  ours.delete(claim);
}

/**
 * Whether somebody works on what bears this claim. Of our own pid we know it; another's that a different program
 * has got meanwhile counts as alive, and what bears it is left alone.
 */
export function isClaimed(claim: string): boolean {
  const pid = Number(claim.split('-')[0]);
  if (pid === process.pid) return ours.has(claim);
  return isPidAlive(pid);
}

export function isPidAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
