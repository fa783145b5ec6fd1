import type { Clock } from '../../base/clock.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { socketPath } from '../../storage/files/socket-path.ts';
import { isMuteOn } from './answering.ts';
import { controlErrors } from './errors.ts';

/** A supervisor that is stopped or hangs would be waited for without end. Throws EPH-CONTROL-UNREACHABLE. */
export async function refuseMute(root: {
  readonly paths: RootPaths;
  readonly clock: Pick<Clock, 'sleep'>;
}): Promise<void> {
  const socket = socketPath(root.paths);
  if (!(await isMuteOn(socket, root.clock))) return;
  const reason = 'it takes connections and says nothing; it may be stopped or hang';
  throw controlErrors.create('EPH-CONTROL-UNREACHABLE', { socket, reason });
}
