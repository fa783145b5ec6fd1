import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The program as it is built. */
export const program = join(import.meta.dirname, '../../dist/app/main.js');

export interface DevnetEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface RunningDevnet {
  readonly home: string;
  readonly pid: number;
  /** The next event that is so. Rejects when the program ends first. */
  next(wanted: (event: DevnetEvent) => boolean): Promise<DevnetEvent>;
  stop(): Promise<void>;
}

export interface DevnetSurroundings {
  /** The text of an ephemery.yaml; the built-in one with a node on the devnet unless given. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `ephemery up` in the foreground on a devnet of its own, in a folder of its own. */
export async function startDevnet(
  options: readonly string[],
  around: DevnetSurroundings = {},
): Promise<RunningDevnet> {
  const home = await mkdtemp(join(tmpdir(), 'ephemery-bench-'));
  if (around.config !== undefined) await writeFile(join(home, 'ephemery.yaml'), around.config);
  const network = around.config === undefined ? ['--network', 'devnet'] : [];
  const args = [program, 'up', ...network, '--home', home, '--json', ...options];
  const env = { ...process.env, ...around.env };
  const child = spawn(process.execPath, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const waiting = new Set<{ see(event: DevnetEvent): void; end(): void }>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as DevnetEvent;
    for (const each of [...waiting]) each.see(event);
  });
  child.on('exit', () => {
    for (const each of [...waiting]) each.end();
  });
  return {
    home,
    pid: child.pid ?? 0,
    next: (wanted) =>
      new Promise((resolve, reject) => {
        const waiter = {
          see: (event: DevnetEvent) => {
            if (!wanted(event)) return;
            waiting.delete(waiter);
            resolve(event);
          },
          end: () => reject(new Error(`the devnet ended with ${child.exitCode}`)),
        };
        waiting.add(waiter);
      }),
    stop: () => stopDevnet(child, home, env),
  };
}

async function stopDevnet(child: ChildProcess, home: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (child.exitCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  spawnSync(process.execPath, [program, 'down', '--home', home], { cwd: home, env, stdio: 'ignore' });
  await rm(home, { recursive: true, force: true });
}
