import { isAlive } from '../base/process-identity.ts';
import { readLock } from '../storage/files/root-lock.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import { controlErrors } from './control/errors.ts';
import type { ConfigWish } from './effective-config.ts';
import { openControl } from './open-control.ts';
import type { Services } from './services.ts';

const lookEveryMs = 50;
/** Nothing runs any more when it has answered: what is left is its own end. */
const endPatienceMs = 60_000;
/** It has let go of the root, and has only to end: nobody is kept for longer. */
const lastPatienceMs = 5_000;

/** Stops everything that runs under the root, and waits until the supervisor has let go of it and is gone. Returns the nodes. Throws EPH-CONTROL-UNREACHABLE. */
export async function down(
  services: Services,
  wish: ConfigWish,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const control = await openControl(services, wish);
  const { paths, clock } = services;
  const before = await readLock(paths);
  const { nodes } = await control.down();
  const untilMs = clock.monotonicMs() + endPatienceMs;
  for (;;) {
    const lock = await readLock(paths);
    if (lock.state !== 'held' || lock.holder.purpose !== 'supervisor') break;
    if (clock.monotonicMs() >= untilMs) {
      const reason = `it stopped everything and does not end itself (process ${lock.holder.process.pid})`;
      throw controlErrors.create('EPH-CONTROL-UNREACHABLE', { socket: socketPath(paths), reason });
    }
    await clock.sleep(lookEveryMs, signal);
  }
  const goneMs = clock.monotonicMs() + lastPatienceMs;
  const isThere = async () =>
    before.state === 'held' &&
    before.holder.purpose === 'supervisor' &&
    (await isAlive(before.holder.process));
  while (clock.monotonicMs() < goneMs && (await isThere())) await clock.sleep(lookEveryMs, signal);
  return nodes;
}
