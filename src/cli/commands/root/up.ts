import type { BeginningSupervisor } from '../../../operations/apply-by.ts';
import type { Control } from '../../../operations/control/control.ts';
import type { EventReport } from '../../../operations/control/reports.ts';
import type { Services } from '../../../operations/services.ts';
import type { CommandContext, Interruption } from '../../command.ts';
import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { interruptedCode } from '../../interrupted-code.ts';
import { choice, duration, flag, integer, text } from '../../option.ts';
import type { Output } from '../../output/output.ts';
import { type Step, withProgress } from '../../output/progress.ts';
import { StepProgress } from '../../output/step-progress.ts';
import type { Surroundings } from '../../view/where-next.ts';
import { wholeSeconds } from '../../whole-seconds.ts';

const options = {
  network: choice(['devnet', 'ephemery'], 'Without a configuration: one node on this network.'),
  detach: flag('Run in the background; returns once it answers, and says meanwhile what it does.'),
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
    'Without a configuration it begins on the public network and writes ./ephemery.yaml: containers where an engine answers, else plain programs. Runs in the foreground until Ctrl-C, which stops everything it started and ends with code 0. If a supervisor is alive already, it reads the configuration again and makes it so.',
  options,
  examples: [
    { line: 'up', what: 'What ./ephemery.yaml says; a node on the public network where there is none' },
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
    const first = await writeWhereNone(context, request);
    // The file says the network from now on.
    const asked = first ? { ...request, network: undefined } : request;
    return given.detach ? background(context, asked) : foreground(context, asked);
  },
});

const goesOn = 'The supervisor goes on in the background.';

type UpRequest = import('../../../operations/up-request.ts').UpRequest;

/** In a place without any configuration `up` begins on the public network, and says what it chose. */
async function writeWhereNone(context: CommandContext, request: UpRequest): Promise<boolean> {
  const [{ writeConfigWhereNone }, { firstConfigText }, services] = await Promise.all([
    import('../../../operations/config-where-none.ts'),
    import('../../view/first-config-text.ts'),
    context.services(),
  ]);
  const first = await writeConfigWhereNone(services, request);
  if (first !== undefined) context.output.note(firstConfigText(first));
  return first !== undefined;
}

/** Until the supervisor answers, what it does is said; Ctrl-C stops what it started, as in the foreground. */
async function background(context: CommandContext, request: UpRequest): Promise<undefined> {
  const { output, signal } = context;
  const [{ upDetached }, { eventText }, { statusText }, { beginningText }, services] = await Promise.all([
    import('../../../operations/up-detached.ts'),
    import('../../view/event-text.ts'),
    import('../../view/status-text.ts'),
    import('../../view/beginning-text.ts'),
    context.services(),
  ]);
  const around = { output, clock: services.clock };
  const steps = new StepProgress(around);
  output.note('Starting…');
  const { stop, leave } = split(signal);
  let isOurs = true;
  const stopping = () => output.note(isOurs ? 'Stopping what was started…' : goesOn);
  stop.addEventListener('abort', stopping, { once: true });
  leave.addEventListener('abort', () => output.note(goesOn), { once: true });
  const onEvent = (event: EventReport) => {
    steps.event(event);
    const line = eventText(event, output.errorStyle);
    if (line !== undefined) output.note(line);
  };
  const report = await withProgress(around, 'Starting the supervisor', (step) => {
    const onBeginning = (supervisor: BeginningSupervisor) => {
      isOurs = false;
      step(beginningText(supervisor));
    };
    return upDetached(services, request, { onEvent, onBeginning, stop, leave });
  }).finally(() => steps.finishAll());
  output.result(report, () => statusText(report, output.style));
  return undefined;
}

async function foreground(context: CommandContext, request: UpRequest): Promise<number | undefined> {
  const { output, signal } = context;
  const [{ up }, { beginningText }, services] = await Promise.all([
    import('../../../operations/up.ts'),
    import('../../view/beginning-text.ts'),
    context.services(),
  ]);
  const viewing = new AbortController();
  const { env, workingDirectory } = services.host;
  const around = { env, workingDirectory, home: context.home };
  const show = await viewer({ output, clock: services.clock, around }, viewing);
  const ready = new AbortController();
  let isOthers = false;
  const { step, said } = sayUntil({ output, clock: services.clock }, ready.signal);
  const outcome = await up(services, request, {
    ...split(signal),
    onControl: show.control,
    onBeginning: (supervisor) => {
      if (!isOthers) signal.addEventListener('abort', () => output.note(goesOn), { once: true });
      isOthers = true;
      step(beginningText(supervisor));
    },
    onEvent: (event) => {
      if (event.type === 'supervisor.started') ready.abort();
      show.event(event);
    },
  }).finally(() => {
    viewing.abort();
    ready.abort();
    show.end();
  });
  await said;
  if (!outcome.ran) {
    const applied = { type: 'supervisor.applied', nodes: outcome.nodes };
    output.result(applied, () => 'A supervisor is alive: it has read the configuration again.');
    return undefined;
  }
  // Ctrl-C is how a foreground `up` is meant to end, and by now everything that it started has ended.
  return outcome.reason === 'left' ? interruptedCode(signal) : exitCodes.ok.code;
}

/** Programs may have to be installed before anything is kept. */
function sayUntil(around: Parameters<typeof withProgress>[0], ready: AbortSignal) {
  let step: Step = () => undefined;
  const said = withProgress(around, 'Getting ready', (given) => {
    step = given;
    return new Promise<void>((resolve) => ready.addEventListener('abort', () => resolve(), { once: true }));
  });
  return { step: (doing: string) => step(doing), said };
}

interface Viewing extends Pick<Services, 'clock'> {
  readonly output: Output;
  readonly around: Surroundings;
}

/** Somebody at a terminal sees the state below the events; everybody else a line an event. */
async function viewer({ output, clock, around }: Viewing, viewing: AbortController) {
  const [{ eventText }, { LiveView }, { whereNext }] = await Promise.all([
    import('../../view/event-text.ts'),
    import('../../view/live-view.ts'),
    import('../../view/where-next.ts'),
  ]);
  const view = output.interactive ? new LiveView(output, clock) : undefined;
  const steps = new StepProgress({ output, clock });
  const say = (line: string) => (view === undefined ? output.note(line) : view.line(line));
  let isNew = true;
  return {
    control: (control: Control) => {
      if (view !== undefined) void view.run(control, viewing.signal);
    },
    event: (event: EventReport) => {
      if (view === undefined) steps.event(event);
      if (event.type === 'supervisor.ending') {
        viewing.abort();
        steps.begin('ending', event.nodes === 'stopping' ? 'Stopping' : 'Ending');
      }
      const line = output.json ? undefined : eventText(event, output.style);
      if (view === undefined) output.item(event, () => line);
      else if (line !== undefined) view.line(line);
      if (event.type !== 'reset.live' || !isNew) return;
      isNew = false;
      for (const hint of output.json ? [] : whereNext(around, String(event.node))) say(hint);
    },
    end: () => {
      steps.finishAll();
      view?.end();
    },
  };
}

/** Ctrl-C stops what was started; any other signal leaves it running for the next supervisor to adopt. */
function split(signal: AbortSignal): { stop: AbortSignal; leave: AbortSignal } {
  const stop = new AbortController();
  const leave = new AbortController();
  const decide = () => {
    const { signal: name } = signal.reason as Interruption;
    (name === 'SIGINT' ? stop : leave).abort(signal.reason);
  };
  if (signal.aborted) decide();
  else signal.addEventListener('abort', decide, { once: true });
  return { stop: stop.signal, leave: leave.signal };
}
