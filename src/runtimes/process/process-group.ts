import { readdir, readFile } from 'node:fs/promises';
import { type ProcessIdentity, processIdentity } from '../../base/process-identity.ts';

/** Sends a signal to a pid, or to a group when negative. False when nobody is there who may receive it. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** True while a process that `leader` started is still in its group; asked when the leader itself is dead. */
export async function groupOutlives(leader: ProcessIdentity): Promise<boolean> {
  if (!send(-leader.pid, 0)) return false;
  const now = await processIdentity(leader.pid);
  // Somebody else got the pid, and with it a group of that number.
  if (now !== undefined && now.startToken !== leader.startToken) return false;
  return process.platform === 'linux' ? hasLiveMember(leader.pid) : true;
}

/** A group of zombies also takes signals, for ever where the first process of a container reaps nobody. */
async function hasLiveMember(group: number): Promise<boolean> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const [state, , groupOf] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(groupOf) === group && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}
