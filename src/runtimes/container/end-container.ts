import type { Clock } from '../../base/clock.ts';
import type { StopOutcome, StopRequest } from '../runtime.ts';
import { inspectContainer, isRunning } from './container-states.ts';
import type { Engine } from './engine.ts';
import { statusOf } from './engine-refusal.ts';

const firstPollMs = 10;
const lastPollMs = 100;
/** A killed program is gone at once unless it waits for a device. */
const killPatienceMs = 10_000;

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
  await send(id, request.signal, around.engine);
  if (await ended(id, request.deadlineMs, around)) return 'stopped';
  return (await killContainer(id, around)) ? 'killed' : undefined;
}

/** False when something of it is left after ten seconds. */
export async function killContainer(id: string, around: Surroundings): Promise<boolean> {
  await send(id, 'SIGKILL', around.engine);
  return ended(id, killPatienceMs, around);
}

async function send(id: string, signal: string, engine: Engine): Promise<void> {
  await engine
    .ask((docker, abortSignal) => docker.getContainer(id).kill({ signal, abortSignal }))
    .catch((thrown: unknown) => {
      // It has ended or was removed meanwhile; Podman says so with 500. Whether it did is looked at next.
      if (statusOf(thrown) === undefined) throw thrown;
    });
}

/** Waits on the monotonic clock. */
async function ended(id: string, withinMs: number, { engine, clock }: Surroundings): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + withinMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(lastPollMs, pollMs * 1.5)) {
    const found = await inspectContainer(engine, id);
    if (found === undefined || !isRunning(found)) return true;
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) return false;
    await clock.sleep(Math.min(pollMs, leftMs));
  }
}
