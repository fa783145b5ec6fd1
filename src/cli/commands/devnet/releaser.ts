import type { FaultOrder } from '../../../operations/devnet/devnet-faults.ts';
import { type Command, type CommandContext, type CommandInput, command, type Specs } from '../../command.ts';
import { choice, duration, integer, withDefault } from '../../option.ts';
import { wholeSeconds } from '../../whole-seconds.ts';
import { devnetOption } from './devnet-option.ts';

type Kind = FaultOrder['kind'];

interface Misbehaviour<O extends Specs> {
  readonly kind: Kind;
  readonly summary: string;
  readonly options: O;
  /** What the options add to the fault. */
  readonly more: (options: CommandInput<O, Specs>['options']) => Partial<FaultOrder>;
}

/** Which answers a fault is for; as every fault takes it. */
const aim = {
  iteration: integer('Only for the release of this iteration.', { least: 0 }),
  paths: choice(['tags', 'latest'], 'Only on the pages of releases, or only on those of a mirror.'),
  times: integer('Goes away after so many answers; stays until cleared when absent.', { least: 1 }),
  devnet: devnetOption,
};

/** `ephemery devnet releaser …`: one command a fault, and those that list and clear them. */
export const releaserCommands: readonly Command[] = [
  plain('late', 'Hide a release as if it were not out yet'),
  plain('partial', 'Break off downloads in the middle'),
  plain('corrupt', 'Alter a byte of what is downloaded'),
  plain('empty', 'Answer with nothing at all'),
  fault({
    kind: 'rate-limited',
    summary: 'Refuse as a host does that was asked too often',
    options: { status: choice(['403', '429'], 'With which status; 403 when absent.') },
    more: ({ status }) => (status === undefined ? {} : { status: status === '429' ? 429 : 403 }),
  }),
  fault({
    kind: 'wrong-iteration',
    summary: 'Give another iteration’s files',
    options: { instead: integer('Whose files; those of the one before when absent.', { least: 0 }) },
    more: ({ instead }) => (instead === undefined ? {} : { insteadIteration: instead }),
  }),
  fault({
    kind: 'slow',
    summary: 'Send few bytes a second',
    options: { bytesPerSecond: integer('How many; 1,024 when absent.', { least: 1 }) },
    more: ({ bytesPerSecond }) => (bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  }),
  fault({
    kind: 'wrong-date',
    summary: 'Tell a wrong time',
    options: {
      skew: withDefault(duration('How far off, in whole seconds.'), 300_000, '5m'),
      direction: withDefault(choice(['ahead', 'behind'], 'Which way its clock is off.'), 'ahead'),
    },
    more: ({ skew, direction }) => {
      const seconds = wholeSeconds(skew, '--skew');
      return { skewSeconds: direction === 'behind' ? -seconds : seconds };
    },
  }),
  plain('outage', 'Answer everything with status 503'),
  plain('reset', 'Drop every connection'),
  plain('web-page', 'Give a web page instead of a file, with status 200'),
  plain('wrong-length', 'Announce more than is sent'),
  looking('list', 'Show which faults are set'),
  looking('clear', 'Let it behave again'),
];

function plain(kind: Kind, summary: string): Command {
  return fault({ kind, summary, options: {}, more: () => ({}) });
}

function fault<const O extends Specs>({ kind, summary, options, more }: Misbehaviour<O>): Command {
  return command({
    path: ['devnet', 'releaser', kind],
    summary,
    options: { ...options, ...aim },
    examples: [
      { line: `devnet releaser ${kind} --times 3`, what: 'For the next three answers that it fits' },
    ],
    run: (context, input) => {
      const given = input.options as CommandInput<typeof aim, Specs>['options'];
      const { devnet, iteration, paths, times } = given;
      const order: FaultOrder = {
        kind,
        ...(iteration === undefined ? {} : { iteration }),
        ...(paths === undefined ? {} : { paths }),
        ...(times === undefined ? {} : { times }),
        ...more(input.options as CommandInput<O, Specs>['options']),
      };
      return told(context, { do: 'order', devnet, fault: order });
    },
  });
}

function looking(word: 'list' | 'clear', summary: string): Command {
  return command({
    path: ['devnet', 'releaser', word],
    summary,
    options: { devnet: devnetOption },
    examples: [{ line: `devnet releaser ${word}`, what: summary }],
    run: (context, { options }) => told(context, { do: word, devnet: options.devnet }),
  });
}

type Wish =
  | { readonly do: 'order'; readonly devnet: string; readonly fault: FaultOrder }
  | { readonly do: 'list' | 'clear'; readonly devnet: string };

async function told(context: CommandContext, wish: Wish): Promise<undefined> {
  const [{ devnetFaults }, { faultsText }, services] = await Promise.all([
    import('../../../operations/devnet/devnet-faults.ts'),
    import('../../view/disturbance-text.ts'),
    context.services(),
  ]);
  const report = await devnetFaults(services, { ...wish, signal: context.signal });
  context.output.result(report, () => faultsText(report));
  return undefined;
}
