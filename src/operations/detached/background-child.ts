import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorFrom } from '../control/error-report.ts';
import type { Services } from '../services.ts';
import { supervisorErrorFile } from '../up.ts';

/** A supervisor that we started in the background: it outlives us. */
export interface BackgroundChild {
  readonly pid: number | undefined;
  hasEnded(): boolean;
  /** What Ctrl-C in its own terminal would be to it. */
  interrupt(): void;
}

/** Starts this program again as a supervisor with a session of its own. */
export function startInBackground(
  services: Pick<Services, 'host' | 'paths'>,
  more: readonly string[],
): BackgroundChild {
  const { host, paths } = services;
  const [executable = process.execPath, ...first] = host.program;
  const errors = openSync(supervisorErrorFile(services), 'w', 0o600);
  try {
    const args = [...first, 'up', '--json', '--home', paths.root, ...more];
    const child = spawn(executable, args, { detached: true, stdio: ['ignore', 'ignore', errors] });
    let ended = false;
    const end = () => {
      ended = true;
    };
    child.on('exit', end);
    child.on('error', end);
    child.unref();
    return { pid: child.pid, hasEnded: () => ended, interrupt: () => void child.kill('SIGINT') };
  } finally {
    closeSync(errors);
  }
}

/** What a supervisor printed before it ended: its error where that is one of ours, else its last line. */
export async function lastPrinted(services: Pick<Services, 'paths'>): Promise<Error | string> {
  const text = await readFile(supervisorErrorFile(services), 'utf8').catch(() => '');
  const last = text.trim().split('\n').at(-1) ?? '';
  try {
    return errorFrom(JSON.parse(last)) ?? last;
  } catch {
    // Not JSON: a crash before our own error handling.
    return last;
  }
}
