import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { prepareRoot } from '../storage/files/layout.ts';
import { errorFrom } from './control/error-report.ts';
import { controlErrors } from './control/errors.ts';
import type { RootReport } from './control/reports.ts';
import { effectiveConfig } from './effective-config.ts';
import { supervisorControl } from './open-control.ts';
import type { Services } from './services.ts';
import { applyBy, supervisorErrorFile, type UpRequest } from './up.ts';

const lookEveryMs = 100;

/**
 * Starts a supervisor in the background and returns its first report. One that is alive already applies the
 * configuration instead. Throws what kept it from coming up.
 */
export async function upDetached(
  services: Services,
  request: UpRequest,
  signal: AbortSignal,
): Promise<RootReport> {
  const alive = await supervisorControl(services);
  if (alive !== undefined) {
    await applyBy(alive, services, request);
    return alive.status();
  }
  // Whatever is wrong with the configuration is told here, at once.
  const config = await effectiveConfig(services, request);
  await prepareRoot(services.paths);
  const which =
    config.file === undefined ? ['--network', config.id.replace(/^.*:/, '')] : ['--config', config.file];
  const child = start(services, [...which, ...devnetFlags(request)]);
  return firstReport(services, child, signal);
}

interface Child {
  readonly hasEnded: () => boolean;
}

function start(services: Services, more: readonly string[]): Child {
  const { host, paths } = services;
  const [executable = process.execPath, ...first] = host.program;
  const errors = openSync(supervisorErrorFile(services), 'w', 0o600);
  try {
    const args = [...first, 'up', '--json', '--home', paths.root, ...more];
    const child = spawn(executable, args, { detached: true, stdio: ['ignore', 'ignore', errors] });
    let ended = false;
    child.on('exit', () => {
      ended = true;
    });
    child.on('error', () => {
      ended = true;
    });
    child.unref();
    return { hasEnded: () => ended };
  } finally {
    closeSync(errors);
  }
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

async function firstReport(services: Services, child: Child, signal: AbortSignal): Promise<RootReport> {
  for (;;) {
    const control = await supervisorControl(services);
    // It holds the root a moment before it answers.
    const report = await control?.status().catch(() => undefined);
    if (report !== undefined) return report;
    if (child.hasEnded()) throw await lastWords(services);
    await services.clock.sleep(lookEveryMs, signal);
  }
}

/** The error that the supervisor printed as JSON before it ended. */
async function lastWords(services: Services): Promise<Error> {
  const text = await readFile(supervisorErrorFile(services), 'utf8').catch(() => '');
  const last = text.trim().split('\n').at(-1) ?? '';
  try {
    const error = errorFrom(JSON.parse(last));
    if (error !== undefined) return error;
  } catch {
    // Not JSON: a crash before our own error handling.
  }
  return controlErrors.create('EPH-CONTROL-SUPERVISOR-ENDED', {
    detail: last === '' ? 'it said nothing' : last,
  });
}
