import { systemClock } from '../base/clock.ts';
import type { Interruption } from '../cli/command.ts';
import { cliErrors } from '../cli/errors.ts';
import { exitCodes } from '../cli/exit-codes.ts';
import { errorText } from '../cli/output/error-text.ts';
import { styleFor } from '../cli/output/style.ts';
import { runCli } from '../cli/run.ts';
import { commands } from './registries/commands.ts';
import { programVersion } from './version.ts';

const oldestNode = [20, 19] as const;

/** The life of our process: what it refuses to run on, its signals, its one command, its exit code. */
export async function runProcess(argv: readonly string[]): Promise<never> {
  const refusal = unsuitableHost(process.platform, process.versions.node);
  if (refusal !== undefined) {
    process.stderr.write(`${errorText(refusal, styleFor(process.stderr, process.env))}\n`);
    process.exit(refusal.exitCode);
  }
  ignoreClosedPipes();
  const code = await runCli(argv, {
    version: programVersion(),
    commands,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signal: endSignal(),
    services: async (globals, onWait) => (await import('./services.ts')).createServices(globals, onWait),
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

/** Why this program cannot run here; undefined when it can. */
export function unsuitableHost(platform: NodeJS.Platform, nodeVersion: string) {
  if (platform === 'win32') return cliErrors.create('EPH-CLI-WINDOWS', {});
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  if (!isOld) return undefined;
  return cliErrors.create('EPH-CLI-NODE', { found: nodeVersion, needed: oldestNode.join('.') });
}

const echoMs = 1_000;

/** Aborted by the first signal; the second Ctrl-C does not wait for anybody any more. */
function endSignal(): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const nowMs = systemClock.monotonicMs();
      firstMs ??= nowMs;
      const isSecond = controller.signal.aborted && !isEcho(process.env, nowMs - firstMs);
      if (isSecond && signal === 'SIGINT') process.exit(exitCodes.interrupted.code);
      controller.abort({ signal } satisfies Interruption);
    });
  }
  return controller.signal;
}

/** Ctrl-C in a terminal reaches us and npm, and npm start passes it on to us: one press comes twice. */
export function isEcho(env: Readonly<Record<string, string | undefined>>, sinceFirstMs: number): boolean {
  return env.npm_lifecycle_event === 'start' && sinceFirstMs < echoMs;
}

/** `ephemery logs | head` is no error. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') process.exit(exitCodes.ok.code);
      throw cause;
    });
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
