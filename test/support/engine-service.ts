import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';

interface Wanted {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly socket: string;
}

const startDeadlineMs = 60_000;

/** The service of an engine, which answers on a socket. */
export class EngineService {
  private readonly child: ChildProcess;

  static async start({ command: [program, ...args], env, socket }: Wanted): Promise<EngineService> {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (text) => {
      said = `${said}${String(text)}`.slice(-4_000);
    });
    const deadline = performance.now() + startDeadlineMs;
    while (!(await answers(socket))) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error(`no ${program}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return new EngineService(child);
  }

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** A socket that is open is not enough: an engine may still be looking for the containers that it left. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = get({ socketPath, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('error', () => resolve(false));
  });
}
