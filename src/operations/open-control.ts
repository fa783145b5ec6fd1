import { readLock } from '../storage/files/root-lock.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import type { Control } from './control/control.ts';
import type { ConfigWish } from './effective-config.ts';
import type { Services } from './services.ts';

/** Who answers for a root now: its supervisor when one is alive, else the disk. */
export async function openControl(services: Services, wish: ConfigWish): Promise<Control> {
  const supervisor = await supervisorControl(services);
  if (supervisor !== undefined) return supervisor;
  const [{ DirectControl }, { effectiveConfig }] = await Promise.all([
    import('./direct/direct-control.ts'),
    import('./effective-config.ts'),
  ]);
  return new DirectControl(services, () => effectiveConfig(services, wish));
}

/** The living supervisor of a root; undefined when there is none. Throws EPH-ROOT-LOCK-UNREADABLE. */
export async function supervisorControl({ paths, clock }: Services): Promise<Control | undefined> {
  const lock = await readLock(paths);
  if (lock.state !== 'held' || lock.holder.purpose !== 'supervisor') return undefined;
  const { createControlClient } = await import('./control/control-client.ts');
  return createControlClient(socketPath(paths), clock);
}
