import type { CommandContext, Interruption } from '../../command.ts';
import { command } from '../../command.ts';
import { interruptedCode } from '../../interrupted-code.ts';
import { duration, flag, integer, text } from '../../option.ts';
import { wholeSeconds } from '../../whole-seconds.ts';

const options = {
  network: text('name', 'Without a configuration: one node on this network (devnet or ephemery).'),
  detach: flag('Go on in the background once everything was started.'),
  slot: duration('A new local network: the length of its slots, 1s to 12s.'),
  period: duration('A new local network: how long an iteration lasts.'),
  validators: integer('A new local network: how many validators it has.', { least: 32, most: 100_000 }),
  seed: text('text', 'A new local network: what its keys are derived from.'),
  untilResets: integer('Go down and end once every node went live after so many resets.', { least: 1 }),
  adoptConfig: flag('Let this configuration replace the one that the home serves, after the file was moved.'),
};

export const upCommand = command({
  path: ['up'],
  summary: 'Make what the configuration says so, and keep it so',
  description:
    'Runs in the foreground until Ctrl-C, which stops everything it started. If a supervisor is alive\nalready, it reads the configuration again and makes it so.',
  options,
  examples: [
    { line: 'up --network devnet', what: 'A network of your own that resets every few minutes' },
    { line: 'up --detach', what: 'What ./ephemery.yaml says, in the background' },
    {
      line: 'up --network devnet --slot 1s --period 2m --until-resets 2 --json',
      what: 'Two resets as events, one a line, then the end',
    },
  ],
  async run(context, { options: given }) {
    const { network, slot, period, validators, seed, untilResets, adoptConfig } = given;
    const request = {
      config: context.config,
      network,
      adoptConfig,
      untilResets,
      devnet: {
        ...(slot === undefined ? {} : { slotSeconds: wholeSeconds(slot, '--slot') }),
        ...(period === undefined ? {} : { periodSeconds: wholeSeconds(period, '--period') }),
        ...(validators === undefined ? {} : { validators }),
        ...(seed === undefined ? {} : { seed }),
      },
    };
    return given.detach ? background(context, request) : foreground(context, request);
  },
});

type UpRequest = import('../../../operations/up.ts').UpRequest;

async function background(context: CommandContext, request: UpRequest): Promise<undefined> {
  const { upDetached } = await import('../../../operations/up-detached.ts');
  const { statusText } = await import('../../view/status-text.ts');
  context.output.note('Starting…');
  const report = await upDetached(await context.services(), request, context.signal);
  context.output.result(report, () => statusText(report, context.output.style));
  return undefined;
}

async function foreground(context: CommandContext, request: UpRequest): Promise<number | undefined> {
  const { output, signal } = context;
  const [{ up }, { eventText }, { LiveView }, services] = await Promise.all([
    import('../../../operations/up.ts'),
    import('../../view/event-text.ts'),
    import('../../view/live-view.ts'),
    context.services(),
  ]);
  const view = output.interactive ? new LiveView(output, services.clock) : undefined;
  const viewing = new AbortController();
  const { stop, leave } = split(signal);
  const outcome = await up(services, request, {
    stop,
    leave,
    onControl: (control) => {
      if (view !== undefined) void view.run(control, viewing.signal);
    },
    onEvent: (event) => {
      if (event.type === 'supervisor.ending') viewing.abort();
      const line = output.json ? undefined : eventText(event, output.style);
      if (view === undefined) output.item(event, () => line);
      else if (line !== undefined) view.line(line);
    },
  }).finally(() => {
    viewing.abort();
    view?.end();
  });
  if (!outcome.ran) {
    const { nodes } = outcome;
    output.result(
      { type: 'supervisor.applied', nodes },
      () => 'A supervisor is alive: it has read the configuration again.',
    );
    return undefined;
  }
  return outcome.reason === 'stopped' || outcome.reason === 'left' ? interruptedCode(signal) : undefined;
}

/** Ctrl-C stops what was started; any other signal leaves it running for the next supervisor to adopt. */
function split(signal: AbortSignal): { stop: AbortSignal; leave: AbortSignal } {
  const stop = new AbortController();
  const leave = new AbortController();
  const decide = () => {
    const { signal: name } = signal.reason as Interruption;
    (name === 'SIGINT' ? stop : leave).abort();
  };
  if (signal.aborted) decide();
  else signal.addEventListener('abort', decide, { once: true });
  return { stop: stop.signal, leave: leave.signal };
}
