import { spawn } from 'node:child_process';
import { boundBy } from './bound-signal.ts';
import { type Clock, maxSleepMs, systemClock } from './clock.ts';
import { Tail } from './tail.ts';

export interface CommandRequest {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** Killed after this long. */
  readonly deadlineMs: number;
  /** Of each stream only the last so many bytes are kept; 64 KiB unless told. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export type CommandOutcome =
  | {
      readonly outcome: 'ended';
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  | { readonly outcome: 'deadline' }
  /** There is no such program, or it may not be executed. */
  | { readonly outcome: 'not-found' };

/** Runs a short command to its end, without a shell and without input. Rejects with the signal's reason on abort. */
export async function runCommand(request: CommandRequest): Promise<CommandOutcome> {
  request.signal?.throwIfAborted();
  const [program = '', ...args] = request.command;
  const child = spawn(program, args, {
    env: { ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(request.folder === undefined ? {} : { cwd: request.folder }),
  });
  const most = request.maxOutputBytes ?? 64 * 1024;
  const output = [new Tail(most, child.stdout), new Tail(most, child.stderr)] as const;
  const ended = new Promise<CommandOutcome>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'EACCES') resolve({ outcome: 'not-found' });
      else reject(cause);
    });
    child.once('close', (code) => {
      const [stdout, stderr] = output;
      resolve({ outcome: 'ended', exitCode: code ?? 137, stdout: stdout.text(), stderr: stderr.text() });
    });
  });
  const over = new AbortController();
  const waiting = boundBy(request.signal === undefined ? [over.signal] : [over.signal, request.signal]);
  try {
    return await Promise.race([ended, deadline(request, waiting.signal)]);
  } finally {
    over.abort();
    waiting.release();
    child.kill('SIGKILL');
  }
}

async function deadline(request: CommandRequest, over: AbortSignal): Promise<CommandOutcome> {
  const clock = request.clock ?? systemClock;
  const endMs = clock.monotonicMs() + request.deadlineMs;
  for (let leftMs = request.deadlineMs; leftMs > 0; leftMs = endMs - clock.monotonicMs()) {
    await clock.sleep(Math.min(leftMs, maxSleepMs), over);
  }
  return { outcome: 'deadline' };
}
