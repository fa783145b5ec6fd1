import { readdir, readFile } from 'node:fs/promises';
import { bootId, isAlive, type ProcessIdentity, processIdentity } from '../../base/process-identity.ts';

/**
 * Sends a signal to a pid, or to a group when negative. False when nobody is there who may receive it.
 * 0, 1 and -1 mean our own group, the first process and everybody: never a unit of ours.
 */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (!Number.isSafeInteger(pid) || Math.abs(pid) <= 1) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * True while anything of this run lives: the process itself, or what it left in its group. A wrapper that ended
 * before its program has not stopped the program.
 */
export async function isRunning(leader: ProcessIdentity): Promise<boolean> {
  return (await isAlive(leader)) || groupOutlives(leader);
}

/** True while a process that `leader` started is still in its group; asked when the leader itself is dead. */
export async function groupOutlives(leader: ProcessIdentity): Promise<boolean> {
  if (leader.bootId !== (await bootId()) || !send(-leader.pid, 0)) return false;
  const now = await processIdentity(leader.pid);
  // Somebody else got the pid, and with it a group of that number.
  if (now !== undefined && now.startToken !== leader.startToken) return false;
  return process.platform === 'linux' ? hasLiveMember(leader.pid) : true;
}

/**
 * A group of zombies also takes signals, for ever where the first process of a container reaps nobody. Each of
 * our children leads a session: a group of this number in another session is somebody else's. Source: proc(5).
 */
async function hasLiveMember(group: number): Promise<boolean> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const [state, , groupOf, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isOfGroup = Number(groupOf) === group && Number(session) === group;
    if (isOfGroup && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}
