import type { ContainerInspectInfo } from 'dockerode';
import type { Clock } from '../../base/clock.ts';
import type { StopOutcome, StopRequest } from '../runtime.ts';
import { inspectContainer, isRunning } from './container-states.ts';
import type { Engine } from './engine.ts';
import { statusOf } from './engine-refusal.ts';

const firstPollMs = 10;
const lastPollMs = 100;
/** A killed program is gone at once unless it waits for a device. */
const killPatienceMs = 10_000;
/** How engines tell of an end by SIGKILL: 128 and its number. */
const killedExitCode = 137;

interface Surroundings {
  readonly engine: Engine;
  readonly clock: Clock;
}

/**
 * Ends a container by its signal, or after the deadline by SIGKILL. Undefined when it survives even that. Throws
 * EPH-RUNTIME-UNREACHABLE when the engine goes away meanwhile.
 */
export async function endContainer(
  id: string,
  request: StopRequest,
  around: Surroundings,
): Promise<StopOutcome | undefined> {
  const found = await inspectContainer(around.engine, id);
  if (found === undefined || !isRunning(found)) return 'was-not-running';
  if (await endedBy(id, { signal: request.signal, withinMs: request.deadlineMs }, around)) return 'stopped';
  const end = await endedBy(id, { signal: 'SIGKILL', withinMs: killPatienceMs }, around);
  if (end === undefined) return undefined;
  // It may have ended by itself at the last moment, before the signal came.
  return end === 'removed' || end.State.ExitCode === killedExitCode ? 'killed' : 'stopped';
}

/** False when something of it is left after ten seconds. */
export async function killContainer(id: string, around: Surroundings): Promise<boolean> {
  return (await endedBy(id, { signal: 'SIGKILL', withinMs: killPatienceMs }, around)) !== undefined;
}

/** False when the engine refused, which it does for one that has ended, and while it is busy with it (Podman: 500). */
async function send(id: string, signal: string, engine: Engine): Promise<boolean> {
  return engine
    .ask((docker, abortSignal) => docker.getContainer(id).kill({ signal, abortSignal }))
    .then(
      () => true,
      (thrown: unknown) => {
        if (statusOf(thrown) === undefined) throw thrown;
        return false;
      },
    );
}

/**
 * What is left of it once it has ended by a signal; undefined when it runs on. The time is monotonic, and only a look
 * that began at its end tells that it is over: an engine that is busy answers with what was a while ago.
 */
async function endedBy(
  id: string,
  { signal, withinMs }: { readonly signal: string; readonly withinMs: number },
  { engine, clock }: Surroundings,
): Promise<ContainerInspectInfo | 'removed' | undefined> {
  let isSent = await send(id, signal, engine);
  const deadlineMs = clock.monotonicMs() + withinMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(lastPollMs, pollMs * 1.5)) {
    const leftMs = deadlineMs - clock.monotonicMs();
    const found = await inspectContainer(engine, id);
    if (found === undefined) return 'removed';
    if (!isRunning(found)) return found;
    if (leftMs <= 0) return undefined;
    if (!isSent) isSent = await send(id, signal, engine);
    await clock.sleep(Math.max(0, Math.min(pollMs, leftMs)));
  }
}
