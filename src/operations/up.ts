import { join } from 'node:path';
import { isEphemeryError } from '../base/errors.ts';
import { applyBy, type WatchingApply } from './apply-by.ts';
import type { Control } from './control/control.ts';
import type { EventReport } from './control/reports.ts';
import { refuseAsked } from './devnet/refuse-asked.ts';
import { effectiveConfig } from './effective-config.ts';
import { supervisorControl } from './open-control.ts';
import type { Services } from './services.ts';
import { ResetCount } from './supervisor/reset-count.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import type { UpRequest } from './up-request.ts';

/** What somebody watches while a supervisor runs in their terminal. */
export interface Watching extends WatchingApply {
  readonly onEvent: (event: EventReport) => void;
  /** Called once the root is held and the view can ask for its state. */
  readonly onControl: (control: Control) => void;
  /** Aborted: stop everything and end. */
  readonly stop: AbortSignal;
  /** Aborted: end and leave everything running. */
  readonly leave: AbortSignal;
}

export type UpOutcome =
  /** A supervisor ran here; `reason` says why it ended. */
  | { readonly ran: true; readonly reason: 'resets' | 'down' | 'stopped' | 'left' }
  /** One was alive already: it read the configuration again and made it so. */
  | { readonly ran: false; readonly nodes: readonly string[] };

/** Brings everything up and keeps it until it is told to end; or lets the supervisor that is alive do so. */
export async function up(services: Services, request: UpRequest, watching: Watching): Promise<UpOutcome> {
  const alive = await supervisorControl(services);
  if (alive !== undefined)
    return { ran: false, nodes: await applyBy(alive, { services, request }, watching) };
  const reread = () => effectiveConfig(services, request);
  const config = await reread();
  await refuseAsked(services, config, request.devnet);
  let supervisor: Supervisor;
  try {
    supervisor = await Supervisor.open(services, { ...request, config, reread });
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-ROOT-LOCKED')) throw thrown;
    // Of two that begin at once, one is later: it asks the other.
    const other = await supervisorControl(services);
    if (other === undefined) throw thrown;
    return { ran: false, nodes: await applyBy(other, { services, request }, watching) };
  }
  return keep(supervisor, request, watching);
}

async function keep(supervisor: Supervisor, request: UpRequest, watching: Watching): Promise<UpOutcome> {
  const stopping = onceAborted(watching.stop, () => supervisor.down());
  const resets = new ResetCount(request.untilResets ?? Number.POSITIVE_INFINITY);
  let resetsDone: Promise<unknown> | undefined;
  const telling = (async () => {
    for await (const event of supervisor.hub.stream(0, new AbortController().signal)) {
      watching.onEvent(event);
      if (resets.isReachedBy(event)) resetsDone ??= supervisor.down();
    }
  })();
  watching.onControl(supervisor.control);
  try {
    await supervisor.run(watching.leave);
    await Promise.all([telling, resetsDone, stopping.done()]);
  } finally {
    stopping.forget();
  }
  if (watching.stop.aborted) return { ran: true, reason: 'stopped' };
  if (watching.leave.aborted) return { ran: true, reason: 'left' };
  return { ran: true, reason: resetsDone === undefined ? 'down' : 'resets' };
}

/** Does `work` at most once, when the signal is aborted or was before. */
function onceAborted(signal: AbortSignal, work: () => Promise<unknown>) {
  let working: Promise<unknown> | undefined;
  const begin = () => {
    working = work();
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return { done: async () => working, forget: () => signal.removeEventListener('abort', begin) };
}

/** Where a detached supervisor's last words go. */
export function supervisorErrorFile({ paths }: Pick<Services, 'paths'>): string {
  return join(paths.run, 'supervisor.err');
}
