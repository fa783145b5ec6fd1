import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessIdentity, startTokenOfStat } from '../../base/process-identity.ts';

/**
 * The first thing a child does, before it becomes the program: it writes down who it is (its pid and start
 * time survive `exec`), then claims its run. Making a folder succeeds for one of two only, so that a child and
 * a recovery that took it for lost can never both go on: who comes second gives up (the child with code 125).
 */
const script = `report=$1
shift
if [ -r "/proc/$$/stat" ]; then read -r start <"/proc/$$/stat"; else start=$(LC_ALL=C TZ=UTC ps -o lstart= -p $$); fi
printf '%s\\n%s\\n' "$$" "$start" >"$report" && mkdir "$report.claim" || exit 125
exec "$@"`;

/** Exit code of a child that was not allowed to, or could not, become its program. */
export const notLaunchedExitCode = 125;

/** The command that runs `command` by way of the shim. */
export function shimCommand(reportPath: string, command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', script, 'sh', reportPath, ...command];
}

export interface LaunchedRun {
  readonly name: string;
  readonly runId: string;
  readonly bootId: string;
}

/** Where the child of this run reports. The name tells the boot, so that leftovers of earlier boots can go. */
export function reportPathOf(folder: string, run: LaunchedRun): string {
  return join(folder, `${run.name}.${run.runId}.${run.bootId}.start`);
}

/** Whether somebody claimed this run, whoever it was: only then its child has become the program, or will. */
export function isClaimed(reportPath: string): Promise<boolean> {
  return exists(claimOf(reportPath));
}

/** Who claimed this run; undefined while nobody did. */
export async function claimedBy(reportPath: string, bootId: string): Promise<ProcessIdentity | undefined> {
  return (await isClaimed(reportPath)) ? readReport(reportPath, bootId) : undefined;
}

/**
 * Takes the run away from a child that has not claimed it yet: afterwards no such child can become its program.
 * Returns the child's identity when it was first. The claim stays until the next boot, as the child may still come.
 */
export async function revoke(reportPath: string, bootId: string): Promise<ProcessIdentity | undefined> {
  try {
    await mkdir(claimOf(reportPath), { mode: 0o700 });
    return undefined;
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
    return readReport(reportPath, bootId);
  }
}

/** Only for a run that its child has claimed. */
export async function removeReport(reportPath: string): Promise<void> {
  await rm(reportPath, { force: true });
  await rm(claimOf(reportPath), { force: true, recursive: true });
}

/** Removes what starts of earlier boots left behind. */
export async function sweepReports(folder: string, bootId: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const stale = /\.start(\.claim)?$/.test(name) && !name.includes(`.${bootId}.start`);
    if (stale) await rm(join(folder, name), { force: true, recursive: true });
  }
}

async function readReport(reportPath: string, bootId: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(reportPath, 'utf8').catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT')) return '';
    throw cause;
  });
  const [pidText = '', start = ''] = text.split('\n');
  const startToken = start.includes(') ') ? startTokenOfStat(start) : start.trim().replaceAll(/\s+/g, ' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 1 || startToken === undefined || startToken === '') return undefined;
  return { pid, bootId, startToken };
}

function claimOf(reportPath: string): string {
  return `${reportPath}.claim`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (cause: unknown) => {
      if (hasCode(cause, 'ENOENT')) return false;
      throw cause;
    },
  );
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
