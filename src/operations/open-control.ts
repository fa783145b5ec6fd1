import { readLock } from '../storage/files/root-lock.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import type { Control } from './control/control.ts';
import type { ConfigWish } from './effective-config.ts';
import type { Services } from './services.ts';

/** Who answers for a root now: its supervisor when one is alive, else the disk. Throws EPH-CONTROL-UNREACHABLE for one that hangs. */
export async function openControl(services: Services, wish: ConfigWish): Promise<Control> {
  const supervisor = await supervisorControl(services);
  if (supervisor !== undefined) {
    const { refuseMute } = await import('./control/refuse-mute.ts');
    await refuseMute(services);
    return supervisor;
  }
  const [{ DirectControl }, { effectiveConfig }] = await Promise.all([
    import('./direct/direct-control.ts'),
    import('./effective-config.ts'),
  ]);
  return new DirectControl(services, () => effectiveConfig(services, wish));
}

const beginPatienceMs = 10_000;
const askAgainMs = 100;

/**
 * The living supervisor of a root; undefined when there is none. One that has only taken the root, and makes its
 * networks before it answers, is waited for, but not for long. Throws EPH-ROOT-LOCK-UNREADABLE.
 */
export async function supervisorControl({
  paths,
  clock,
}: Pick<Services, 'paths' | 'clock'>): Promise<Control | undefined> {
  const untilMs = clock.monotonicMs() + beginPatienceMs;
  for (;;) {
    const lock = await readLock(paths);
    if (lock.state !== 'held' || lock.holder.purpose !== 'supervisor') return undefined;
    const socket = socketPath(paths);
    const { answersOn } = await import('./control/answering.ts');
    if ((await answersOn(socket)) || clock.monotonicMs() >= untilMs) {
      const { createControlClient } = await import('./control/control-client.ts');
      return createControlClient(socket, clock);
    }
    await clock.sleep(askAgainMs);
  }
}
