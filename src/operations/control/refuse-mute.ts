import type { Clock } from '../../base/clock.ts';
import { isMuteOn } from './answering.ts';
import { controlErrors } from './errors.ts';

/** A supervisor that is stopped or hangs would be waited for without end. Throws EPH-CONTROL-UNREACHABLE. */
export async function refuseMute(socket: string, clock: Pick<Clock, 'sleep'>): Promise<void> {
  if (await isMuteOn(socket, clock)) throw muteError(socket);
}

export function muteError(socket: string) {
  const reason = 'it takes connections and says nothing; it may be stopped or hang';
  return controlErrors.create('EPH-CONTROL-UNREACHABLE', { socket, reason });
}
