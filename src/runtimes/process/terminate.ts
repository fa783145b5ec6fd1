import type { Clock } from '../../base/clock.ts';
import { isAlive, type ProcessIdentity } from '../../base/process-identity.ts';
import type { StopOutcome, StopRequest } from '../runtime.ts';
import { groupOutlives, isRunning, send } from './process-group.ts';

const firstPollMs = 5;
const lastPollMs = 100;
/** A wrapper that ends on the signal has passed it on, or its program gets it from us after so long. */
const passOnMs = 1_000;
/** A killed process is gone at once unless it waits for a device. */
const killPatienceMs = 10_000;

/**
 * Ends one run of a process, and what it left in its process group. Signals only a pid whose start time is that
 * of the run: looked at directly before. Returns undefined when it survives even the kill.
 */
export async function terminate(
  identity: ProcessIdentity,
  request: StopRequest,
  clock: Clock,
): Promise<StopOutcome | undefined> {
  if (!(await isRunning(identity))) return 'was-not-running';
  const deadlineMs = clock.monotonicMs() + request.deadlineMs;
  const leftMs = () => Math.max(0, deadlineMs - clock.monotonicMs());
  if (await isAlive(identity)) {
    send(identity.pid, request.signal);
    await until(async () => !(await isAlive(identity)), clock, leftMs());
    if (await gone(identity, clock, Math.min(passOnMs, leftMs()))) return 'stopped';
  }
  if (!(await isAlive(identity)) && (await groupOutlives(identity))) send(-identity.pid, request.signal);
  if (await gone(identity, clock, leftMs())) return 'stopped';
  if (await isAlive(identity)) send(identity.pid, 'SIGKILL');
  if (await groupOutlives(identity)) send(-identity.pid, 'SIGKILL');
  return (await gone(identity, clock, killPatienceMs)) ? 'killed' : undefined;
}

/** Kills one run of a process and its group at once; false when something of it is left after ten seconds. */
export async function killNow(identity: ProcessIdentity, clock: Clock): Promise<boolean> {
  if (await isRunning(identity)) send(-identity.pid, 'SIGKILL');
  return gone(identity, clock, killPatienceMs);
}

/** Waits until neither the process nor a member of its group is left. */
function gone(identity: ProcessIdentity, clock: Clock, withinMs: number): Promise<boolean> {
  return until(async () => !(await isRunning(identity)), clock, withinMs);
}

/** Waits on the monotonic clock; false when it does not hold in time. */
async function until(holds: () => Promise<boolean>, clock: Clock, withinMs: number): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + withinMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(lastPollMs, pollMs * 1.5)) {
    if (await holds()) return true;
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) return false;
    await clock.sleep(Math.min(pollMs, leftMs));
  }
}
