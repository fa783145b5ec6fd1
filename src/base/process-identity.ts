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

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    return startTokenOfStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (cause) {
    // Anything else, as too many open files, is not a word on whether the process lives.
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ESRCH')) return undefined;
    throw cause;
  }
}

/** Field 22 of /proc/<pid>/stat, proc(5): start time in clock ticks since boot; undefined for a zombie. */
export function startTokenOfStat(stat: string): string | undefined {
  // The second field is the name in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

async function portableStart(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    // The start is printed in local time and words: both must stay the same for as long as it is compared.
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  }).catch((cause: unknown) => {
    if (hasCode(cause, 1)) return { stdout: '' };
    throw cause;
  });
  const [state, ...start] = stdout.trim().split(/\s+/);
  if (state === undefined || state === '' || state.startsWith('Z')) return undefined;
  return start.join(' ');
}

function hasCode(thrown: unknown, code: string | number): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
