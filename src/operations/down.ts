import { readLock } from '../storage/files/root-lock.ts';
import type { ConfigWish } from './effective-config.ts';
import { openControl } from './open-control.ts';
import type { Services } from './services.ts';

const lookEveryMs = 50;

/** Stops everything that runs under the root, and waits until the supervisor has let go of it. Returns the nodes. */
export async function down(
  services: Services,
  wish: ConfigWish,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const control = await openControl(services, wish);
  const { nodes } = await control.down();
  for (;;) {
    const lock = await readLock(services.paths);
    if (lock.state !== 'held') return nodes;
    await services.clock.sleep(lookEveryMs, signal);
  }
}
