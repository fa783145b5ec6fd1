import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { EphemeryError, messageOf } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createProcessRuntime } from '../../src/runtimes/process/process-runtime.ts';
import type { LogRequest, Runtime } from '../../src/runtimes/runtime.ts';

/**
 * A process of ours that holds a runtime and does what its parent asks over the IPC channel, so that
 * a test can SIGKILL it. Argument: JSON of what the runtime is made from, and the moment of a start at which it kills itself.
 */
export type HostOptions = (ProcessHost | ContainerHost) & { readonly dieAt?: string };

interface ProcessHost {
  readonly kind?: 'process';
  readonly recordsFolder: string;
  readonly logsFolder: string;
}

interface ContainerHost {
  readonly kind: 'container';
  readonly rootPath: string;
  /** Names the engine. */
  readonly env: Readonly<Record<string, string>>;
}

export type HostRequest = {
  readonly id: number;
  readonly call: 'prepare' | 'lookFor' | 'run' | 'start' | 'recover' | 'inspect' | 'stop' | 'logs';
  readonly args: readonly unknown[];
} & { readonly abort?: never };

export interface HostAbort {
  readonly id: number;
  readonly abort: true;
  readonly reason: unknown;
}

export type HostReply =
  | { readonly id: number; readonly line: string }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly thrown: unknown };

const options: HostOptions = JSON.parse(process.argv[2] ?? '{}');
const aborts = new Map<number, AbortController>();

const runtime = await openRuntime();

async function openRuntime(): Promise<Runtime> {
  const common = {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    at: (moment: string) => {
      if (moment === options.dieAt) process.kill(process.pid, 'SIGKILL');
    },
  };
  if (options.kind !== 'container') return createProcessRuntime({ ...options, ...common, env: process.env });
  const { createContainerRuntime } = await import('../../src/runtimes/container/container-runtime.ts');
  return createContainerRuntime({
    ...common,
    rootPath: options.rootPath,
    recordPath: join(options.rootPath, 'engine.json'),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    platform: process.platform,
    env: options.env,
  }).runtime;
}

process.on('message', (message: HostRequest | HostAbort) => {
  if (message.abort) aborts.get(message.id)?.abort(message.reason);
  else void answer(message);
});
process.on('disconnect', () => process.exit(0));
reply({ id: 0, value: 'ready' });

async function answer(request: HostRequest): Promise<void> {
  const abort = new AbortController();
  aborts.set(request.id, abort);
  try {
    reply({ id: request.id, value: await perform(runtime, request, abort.signal) });
  } catch (thrown) {
    reply({ id: request.id, thrown: plain(thrown) });
  }
}

async function perform(target: Runtime, request: HostRequest, signal: AbortSignal): Promise<unknown> {
  if (request.call === 'logs') {
    const [name, logs] = request.args as [string, LogRequest];
    for await (const line of target.logs(name, { ...logs, signal })) reply({ id: request.id, line });
    return undefined;
  }
  const call = target[request.call] as (...args: unknown[]) => Promise<unknown>;
  return call.call(target, ...request.args, ...(request.call === 'run' ? [signal] : []));
}

function plain(thrown: unknown): unknown {
  if (thrown instanceof EphemeryError) {
    const { code, message, remedy, facts, exitCode } = thrown;
    return { code, message, remedy, facts, exitCode };
  }
  return typeof thrown === 'string' ? thrown : messageOf(thrown);
}

function reply(message: HostReply): void {
  process.send?.(message);
}
