import { reasonOf } from '../../base/errors.ts';
import type { HookConfig } from '../../config/schema.ts';
import type { NodeHook } from '../node/node-environment.ts';
import type { ResetEvent } from '../node/node-event.ts';
import { runHookCommand } from './hook-command.ts';
import { callWebhook, type WebhookTools } from './hook-webhook.ts';

export interface HookTools extends WebhookTools {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where commands run, whoever started us from wherever. */
  readonly folder: string;
  /** Adds to the log of a node's hooks. */
  readonly note: (node: string, text: string) => Promise<void>;
}

/** The hooks of one node: one for each event that a hook of the configuration names. */
export function nodeHooks(node: string, hooks: readonly HookConfig[], tools: HookTools): NodeHook[] {
  return hooks
    .filter((hook) => hook.nodes === undefined || hook.nodes.includes(node))
    .flatMap((hook) => {
      const action = actionOf(hook, tools);
      return hook.on.map((on) => ({ on, ...action, run: noted({ node, action }, tools) }));
    });
}

type Action = Omit<NodeHook, 'on' | 'run'> & {
  /** What the hook printed goes to `said`. */
  readonly run: (event: ResetEvent, signal: AbortSignal, said: (text: string) => void) => Promise<void>;
};

function actionOf(hook: HookConfig, tools: HookTools): Action {
  const { command, webhook, timeoutMs } = hook;
  if (webhook !== undefined) {
    const target = withoutSecrets(webhook);
    return {
      target,
      timeoutMs,
      run: (event, signal) => callWebhook({ url: webhook, target, body: event }, signal, tools),
    };
  }
  const [program = '', ...args] = command ?? [];
  // Arguments may hold tokens; the program's name says enough.
  return {
    target: program,
    timeoutMs,
    run: (event, signal, said) => runHookCommand({ program, args, event, said }, signal, tools),
  };
}

/** The same, with a line of how it ended and all that was said in the node's log of hooks. */
function noted({ node, action }: { node: string; action: Action }, tools: HookTools): NodeHook['run'] {
  return async (event, signal) => {
    let text = '';
    const said = (more: string) => {
      text = more;
    };
    const note = async (outcome: string) => {
      const at = new Date(tools.clock.nowMs()).toISOString();
      const output = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      // A log that cannot be written is no failure of the hook.
      await tools
        .note(node, `${at} ${event.type} ${action.target}: ${outcome}\n${output}`)
        .catch(() => undefined);
    };
    try {
      await action.run(event, signal, said);
    } catch (thrown) {
      await note(`failed: ${reasonOf(thrown)}`);
      throw thrown;
    }
    await note('done');
  };
}

/** Scheme and host only: paths and queries of webhooks are often their secret. */
function withoutSecrets(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
