import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * One run of one process on one boot of one host: a pid alone is reused after it ends, and all of them
 * after a reboot. `startToken` is opaque and compared as text.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly bootId: string;
  readonly startToken: string;
}

/** The identity of the process that has this pid now; undefined when there is none (a zombie counts as none). */
export async function processIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  const startToken = process.platform === 'linux' ? await linuxStart(pid) : await portableStart(pid);
  return startToken === undefined ? undefined : { pid, bootId: await bootId(), startToken };
}

/** True while exactly that run of it is alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await processIdentity(identity.pid);
  return now !== undefined && now.bootId === identity.bootId && now.startToken === identity.startToken;
}

let bootIdOnce: Promise<string> | undefined;

/** A value that changes with each boot of the host. */
export function bootId(): Promise<string> {
  bootIdOnce ??= readBootId();
  return bootIdOnce;
}

async function readBootId(): Promise<string> {
  if (process.platform === 'linux') {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  }
  const { stdout } = await promisify(execFile)('sysctl', ['-n', 'kern.bootsessionuuid']);
  return stdout.trim();
}

/** Field 22 of /proc/<pid>/stat, proc(5): start time in clock ticks since boot. */
async function linuxStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the name in parentheses and may hold spaces and parentheses itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[19];
}

async function portableStart(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => ({ stdout: '' }));
  const [state, ...start] = stdout.trim().split(/\s+/);
  if (state === undefined || state === '' || state.startsWith('Z')) return undefined;
  return start.join(' ');
}
