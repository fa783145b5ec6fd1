import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { Tail } from '../../base/tail.ts';
import type { ResetEvent } from '../node/node-event.ts';
import { fleetErrors } from './errors.ts';

interface HookCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly event: ResetEvent;
  /** Told what it printed, once it has ended: no more than its last 64 KiB. */
  readonly said: (text: string) => void;
}

interface CommandTools {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

const keptBytes = 64 * 1024;
const told = { lines: 3, characters: 300 } as const;
/** What it left in the background may hold its output open: its own last words take no longer. */
const lastWordsMs = 500;

/**
 * Runs a command with the event as JSON on its standard input. At the signal it is killed with all that it started;
 * what it leaves in the background when it ends by itself goes on. Throws EPH-FLEET-HOOK-FAILED.
 */
export async function runHookCommand(
  call: HookCommand,
  signal: AbortSignal,
  tools: CommandTools,
): Promise<void> {
  const { program, args, event } = call;
  const child = spawn(program, [...args], {
    cwd: tools.folder,
    env: { ...tools.env, EPHEMERY_EVENT: event.type },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that all of it can be killed.
    detached: true,
  });
  const output = new Tail(keptBytes, child.stdout, child.stderr);
  // A command that does not read its input closes the pipe: not a failure.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(event)}\n`);
  const reason = await endOf(child, signal, tools.clock);
  const text = output.text();
  call.said(text);
  if (reason === undefined) return;
  const said = lastLines(text, args);
  throw fleetErrors.create('EPH-FLEET-HOOK-FAILED', {
    target: program,
    reason,
    ...(said === '' ? {} : { said }),
  });
}

/** Why it failed; undefined when it did not. */
async function endOf(child: ChildProcess, signal: AbortSignal, clock: Clock): Promise<string | undefined> {
  const kill = () => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [code, killedBy] = await once(child, 'exit');
    await Promise.race([closed, clock.sleep(lastWordsMs)]);
    return code === 0 ? undefined : `exit code ${code ?? killedBy}`;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** For a finding, which goes to other people: short, in one line, and without the command's arguments. */
function lastLines(text: string, args: readonly string[]): string {
  const secrets = args.filter((arg) => arg.length >= 4).toSorted((a, b) => b.length - a.length);
  const plain = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[argument]'), text);
  const lines = plain
    .split('\n')
    // Anything a terminal would obey.
    .map((line) => line.replace(/\p{C}+/gu, ' ').trim())
    .filter((line) => line !== '');
  const last = lines.slice(-told.lines).join(' | ');
  return last.length > told.characters ? `…${last.slice(-told.characters)}` : last;
}
