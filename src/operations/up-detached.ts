import { join } from 'node:path';
import { boundBy } from '../base/bound-signal.ts';
import { prepareRoot } from '../storage/files/layout.ts';
import { socketPath } from '../storage/files/socket-path.ts';
import { applyBy, type WatchingApply } from './apply-by.ts';
import type { EventReport, RootReport } from './control/reports.ts';
import { type BackgroundChild, lastPrinted, startInBackground } from './detached/background-child.ts';
import { type Beginning, firstReport } from './detached/first-report.ts';
import { LogTail } from './detached/log-tail.ts';
import { refuseAsked } from './devnet/refuse-asked.ts';
import { effectiveConfig } from './effective-config.ts';
import { supervisorControl } from './open-control.ts';
import type { Services } from './services.ts';
import type { UpRequest } from './up-request.ts';

/** What somebody watches until a supervisor in the background answers. */
export interface WatchingStart extends WatchingApply {
  readonly onEvent: (event: EventReport) => void;
  /** Aborted: what was started is to stop again, and is waited for. What was not goes on. */
  readonly stop: AbortSignal;
  /** Aborted: the supervisor goes on by itself. */
  readonly leave: AbortSignal;
}

const lookEveryMs = 100;

/**
 * Starts a supervisor in the background and returns its first report. One that is alive already applies the
 * configuration instead. Throws what kept it from coming up, or what `firstReport` does.
 */
export async function upDetached(
  services: Services,
  request: UpRequest,
  watching: WatchingStart,
): Promise<RootReport> {
  const alive = await supervisorControl(services);
  if (alive !== undefined) {
    await applyBy(alive, { services, request }, watching);
    return alive.status();
  }
  // Whatever is wrong with the configuration is told here, at once.
  const config = await effectiveConfig(services, request);
  await refuseAsked(services, config, request.devnet);
  await prepareRoot(services.paths);
  const which =
    config.file === undefined ? ['--network', config.id.replace(/^.*:/, '')] : ['--config', config.file];
  const log = join(services.paths.logs, 'supervisor.log');
  const from = await LogTail.sizeOf(log);
  const child = startInBackground(services, [...which, ...devnetFlags(request)]);
  const beginning: Beginning = {
    clock: services.clock,
    child,
    tail: LogTail.of(log, { pid: child.pid, from }),
    ask: () => answer(services),
    printed: () => lastPrinted(services),
    onEvent: watching.onEvent,
  };
  const { signal, release } = boundBy([watching.stop, watching.leave]);
  try {
    return await firstReport(beginning, signal);
  } finally {
    release();
    if (watching.stop.aborted) await stopAgain(services, child);
  }
}

/**
 * It holds the root a moment before it answers, and may end between two looks. One that waits for its first programs may
 * still fail to get them: that is no answer yet.
 */
async function answer(services: Services): Promise<RootReport | undefined> {
  const { answersOn } = await import('./control/answering.ts');
  if (!(await answersOn(socketPath(services.paths)))) return undefined;
  try {
    const report = await (await supervisorControl(services))?.status();
    return report?.supervisor?.beginning === undefined ? report : undefined;
  } catch {
    return undefined;
  }
}

/** A second Ctrl-C ends us, and with that the waiting. */
async function stopAgain({ clock }: Services, child: BackgroundChild): Promise<void> {
  child.interrupt();
  while (!child.hasEnded()) await clock.sleep(lookEveryMs);
}

function devnetFlags({ devnet, adoptConfig, untilResets }: UpRequest): string[] {
  const { slotSeconds, periodSeconds, validators, seed } = devnet;
  return [
    ...(slotSeconds === undefined ? [] : ['--slot', `${slotSeconds}s`]),
    ...(periodSeconds === undefined ? [] : ['--period', `${periodSeconds}s`]),
    ...(validators === undefined ? [] : ['--validators', String(validators)]),
    ...(seed === undefined ? [] : ['--seed', seed]),
    ...(adoptConfig ? ['--adopt-config'] : []),
    ...(untilResets === undefined ? [] : ['--until-resets', String(untilResets)]),
  ];
}
