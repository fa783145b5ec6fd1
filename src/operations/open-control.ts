import { readLock } from '../storage/files/root-lock.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import type { Control } from './control/control.ts';
import type { ConfigWish } from './effective-config.ts';
import type { Services } from './services.ts';

/** Who answers for a root now: its supervisor when one is alive, else the disk. Throws what `supervisorControl` does. */
export async function openControl(services: Services, wish: ConfigWish): Promise<Control> {
  const supervisor = await supervisorControl(services);
  if (supervisor !== undefined) return supervisor;
  const [{ DirectControl }, { effectiveConfig }] = await Promise.all([
    import('./direct/direct-control.ts'),
    import('./effective-config.ts'),
  ]);
  return new DirectControl(services, () => effectiveConfig(services, wish));
}

const beginPatienceMs = 10_000;
const silentForMs = 2_000;
const askAgainMs = 100;

/**
 * The living supervisor of a root; undefined when there is none. One that has only taken the root, and makes its
 * networks before it answers, is waited for, but not for long. One that hangs is refused before anything is changed that
 * it would have to hear of. What is waited for is told after two seconds. Throws EPH-ROOT-LOCK-UNREADABLE and EPH-CONTROL-UNREACHABLE.
 */
export async function supervisorControl(
  services: Pick<Services, 'paths' | 'clock' | 'onWait'>,
): Promise<Control | undefined> {
  const { clock, onWait } = services;
  if (onWait === undefined) return answering(services);
  const found = new AbortController();
  let pid: number | undefined;
  const telling = clock.sleep(silentForMs, found.signal).then(
    () => {
      if (pid !== undefined) onWait(`The supervisor (process ${pid}) does not answer yet; it is waited for…`);
    },
    () => undefined,
  );
  try {
    return await answering(services, (holder) => {
      pid = holder;
    });
  } finally {
    found.abort();
    await telling;
  }
}

async function answering(
  { paths, clock }: Pick<Services, 'paths' | 'clock'>,
  onHolder?: (pid: number) => void,
): Promise<Control | undefined> {
  const untilMs = clock.monotonicMs() + beginPatienceMs;
  for (;;) {
    const lock = await readLock(paths);
    if (lock.state !== 'held' || lock.holder.purpose !== 'supervisor') return undefined;
    onHolder?.(lock.holder.process.pid);
    const socket = socketPath(paths);
    const { answersOn } = await import('./control/answering.ts');
    if ((await answersOn(socket)) || clock.monotonicMs() >= untilMs) {
      const [{ createControlClient }, { refuseMute }] = await Promise.all([
        import('./control/control-client.ts'),
        import('./control/refuse-mute.ts'),
      ]);
      await refuseMute(socket, clock);
      return createControlClient(socket, clock);
    }
    await clock.sleep(askAgainMs);
  }
}
