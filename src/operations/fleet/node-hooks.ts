import { spawn } from 'node:child_process';
import type { HttpClient } from '../../base/http.ts';
import type { HookConfig } from '../../config/schema.ts';
import type { NodeHook } from '../node/node-environment.ts';
import type { ResetEvent } from '../node/node-event.ts';
import { fleetErrors } from './errors.ts';

export interface HookTools {
  readonly http: HttpClient;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where commands run, whoever started us from wherever. */
  readonly folder: string;
}

/** The hooks of one node: one for each event that a hook of the configuration names. */
export function nodeHooks(node: string, hooks: readonly HookConfig[], tools: HookTools): NodeHook[] {
  return hooks
    .filter((hook) => hook.nodes === undefined || hook.nodes.includes(node))
    .flatMap((hook) => hook.on.map((on) => ({ on, ...action(hook, tools) })));
}

function action(hook: HookConfig, tools: HookTools): Omit<NodeHook, 'on'> {
  const { command, webhook, timeoutMs } = hook;
  if (webhook !== undefined) {
    const target = withoutSecrets(webhook);
    return { target, timeoutMs, run: (event, signal) => post({ webhook, target, event }, signal, tools) };
  }
  const [program = '', ...args] = command ?? [];
  // Arguments may hold tokens; the program's name says enough.
  return {
    target: program,
    timeoutMs,
    run: (event, signal) => execute({ program, args, event }, signal, tools),
  };
}

/** Scheme and host only: paths and queries of webhooks are often their secret. */
function withoutSecrets(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

async function post(
  call: { webhook: string; target: string; event: ResetEvent },
  signal: AbortSignal,
  { http }: HookTools,
): Promise<void> {
  const answer = await http.request({
    url: call.webhook,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call.event),
    signal,
  });
  answer.discard();
  if (answer.status >= 200 && answer.status < 300) return;
  throw fleetErrors.create('EPH-FLEET-HOOK-FAILED', {
    target: call.target,
    reason: `status ${answer.status}`,
  });
}

/** Runs a command with the event as JSON on its standard input; what it prints goes nowhere. */
function execute(
  call: { program: string; args: readonly string[]; event: ResetEvent },
  signal: AbortSignal,
  { env, folder }: HookTools,
): Promise<void> {
  const { program, args, event } = call;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(fleetErrors.create('EPH-FLEET-HOOK-FAILED', { target: program, reason }));
    const child = spawn(program, [...args], {
      cwd: folder,
      env: { ...env, EPHEMERY_EVENT: event.type },
      signal,
      stdio: ['pipe', 'ignore', 'ignore'],
      killSignal: 'SIGKILL',
    });
    child.on('error', (cause) => fail(cause.message));
    child.on('exit', (code, killedBy) => (code === 0 ? resolve() : fail(`exit code ${code ?? killedBy}`)));
    // A command that does not read its input closes the pipe: not a failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(event)}\n`);
  });
}
