import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ChildExit {
  readonly exitCode?: number;
  readonly signal?: string;
}

export interface ChildRequest {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** An open file that takes both output streams. */
  readonly output: number;
}

/**
 * Starts a child in a session of its own, without input, its output straight in a file: nothing ties it to our
 * life. Resolves once the system has made it, with the promise of its end; rejects when it could not be made.
 */
export function startChild(request: ChildRequest): Promise<{ readonly ended: Promise<ChildExit> }> {
  const [program = '', ...args] = request.command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: request.folder,
      env: { ...request.env },
      detached: true,
      stdio: ['ignore', request.output, request.output],
    });
    const ended = new Promise<ChildExit>((settle) => {
      child.once('exit', (code, signal) => {
        settle(code === null ? { signal: signal ?? 'SIGKILL' } : { exitCode: code });
      });
    });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve({ ended });
    });
  });
}

/** As a shell says it: 128 + the number of the signal that ended it. */
export function exitCodeOf(exit: ChildExit): number {
  if (exit.exitCode !== undefined) return exit.exitCode;
  const signals: Readonly<Record<string, number>> = constants.signals;
  return 128 + (signals[exit.signal ?? 'SIGKILL'] ?? 9);
}
