import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EphemeryError } from '../../src/base/errors.ts';
import { insidePath } from '../../src/runtimes/container/container-options.ts';
import { hostAddresses, type LogRequest, type Runtime, type UnitHandle } from '../../src/runtimes/runtime.ts';
import type { HostOptions, HostReply } from './runtime-host.ts';

const hostProgram = fileURLToPath(new URL('./runtime-host.ts', import.meta.url));

/** A runtime that lives in a process of its own, to be killed at will. */
export interface KillableRuntime extends Runtime {
  kill(): Promise<void>;
  /** Resolves with the signal that ended its process. */
  readonly ended: Promise<string | null>;
}

interface Pending {
  readonly onLine?: (line: string) => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

class Caller {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  constructor(child: ChildProcess) {
    this.child = child;
    child.on('message', (message: HostReply) => this.settle(message));
    child.once('exit', () => {
      for (const { reject } of this.pending.values()) reject(new Error('the process was killed'));
      this.pending.clear();
    });
  }

  call<T>(
    call: string,
    args: readonly unknown[],
    more: { signal?: AbortSignal; onLine?: Pending['onLine'] } = {},
  ) {
    const id = ++this.lastId;
    const { signal, onLine } = more;
    return new Promise<T>((resolve, reject) => {
      this.pending.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        ...(onLine === undefined ? {} : { onLine }),
      });
      this.child.send({ id, call, args });
      const abort = () =>
        this.child.connected && this.child.send({ id, abort: true, reason: signal?.reason });
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  private settle(message: HostReply): void {
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    if ('line' in message) {
      pending.onLine?.(message.line);
      return;
    }
    this.pending.delete(message.id);
    if ('thrown' in message) pending.reject(revive(message.thrown));
    else pending.resolve(message.value);
  }
}

function revive(thrown: unknown): unknown {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    return new EphemeryError(thrown as ConstructorParameters<typeof EphemeryError>[0]);
  }
  return thrown;
}

export async function startKillableRuntime(options: HostOptions): Promise<KillableRuntime> {
  const child = spawn(process.execPath, ['--import', 'tsx', hostProgram, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, A_SECRET_OF_OURS: 'do not pass on' },
  });
  const ended = once(child, 'exit').then(([, signal]) => signal as string | null);
  await once(child, 'message');
  const caller = new Caller(child);
  const pathOf = (key: string, hostPath: string) =>
    options.kind === 'container' ? insidePath(key) : hostPath;
  return {
    id: options.kind ?? 'process',
    capabilities: { unitsOutliveUs: true, reportsResources: true },
    addresses: hostAddresses,
    pathsFor: (mounts) => Object.fromEntries(mounts.map(({ key, hostPath }) => [key, pathOf(key, hostPath)])),
    prepare: (program) => caller.call('prepare', [program]),
    lookFor: (program) => caller.call('lookFor', [program]),
    run: (program, task, signal) =>
      caller.call('run', [program, task], signal === undefined ? {} : { signal }),
    start: (program, unit) => caller.call('start', [program, unit]),
    recover: (name) => caller.call<UnitHandle | undefined>('recover', [name]),
    inspect: (handle) => caller.call('inspect', [handle]),
    stop: (handle, request) => caller.call('stop', [handle, request]),
    logs: (name, request) => lines(caller, name, request),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}

async function* lines(
  caller: Caller,
  name: string,
  { signal, ...request }: LogRequest,
): AsyncIterable<string> {
  const queue: string[] = [];
  let wake: () => void = () => undefined;
  let over = false;
  const done = caller.call('logs', [name, request], {
    ...(signal === undefined ? {} : { signal }),
    onLine: (line) => {
      queue.push(line);
      wake();
    },
  });
  done
    .catch(() => undefined)
    .finally(() => {
      over = true;
      wake();
    });
  for (;;) {
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) yield line;
    if (over) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  await done;
}
