import type { ChaosOrder } from '../../../operations/devnet/devnet-chaos.ts';
import {
  type Command,
  type CommandContext,
  type CommandInput,
  command,
  type Example,
  type Specs,
} from '../../command.ts';
import { choice, duration, integer, required, share, withDefault } from '../../option.ts';
import { devnetOption } from './devnet-option.ts';

interface Disturbance<A extends Specs, O extends Specs> {
  readonly word: string;
  readonly summary: string;
  readonly description: string;
  readonly args: A;
  readonly options: O;
  readonly example: Example;
  readonly order: (input: CommandInput<O, A>) => ChaosOrder;
}

type LieTopic = Extract<ChaosOrder, { kind: 'wrong-answers' }>['about'];

/** What is told in place of the truth. */
const lies: { readonly [about in LieTopic]: string } = {
  genesis: 'another network',
  head: 'a block that nobody has',
  finality: 'nothing final',
  syncing: 'only just begun',
  validators: 'all slashed and gone',
  duties: 'one slot late',
  events: 'blocks that nobody has',
};
const lieTopics = Object.keys(lies) as LieTopic[];
const lieList = lieTopics.map((about, i) => `${i === 0 ? 'About ' : ''}${about} (${lies[about]})`).join(', ');

const manySlots = { least: 1, most: 100_000 };
const slots = integer('For how many slots, beginning with the next.', manySlots);
const shortTime = duration('For how long, from now on; at most 1h.');

/** `ephemery devnet chaos …`: one command a disturbance, and those that list and clear them. */
export const chaosCommands: readonly Command[] = [
  disturbance({
    word: 'skip-slots',
    summary: 'Make no blocks for a while',
    description: 'Our proposers stay silent; validators that others run make theirs.',
    args: { slots: required(slots) },
    options: {},
    example: { line: 'devnet chaos skip-slots 3', what: 'Three empty slots' },
    order: ({ args }) => ({ kind: 'skip-slots', slots: args.slots }),
  }),
  disturbance({
    word: 'drop-attestations',
    summary: 'Let a share of the validators stay away',
    description: 'They neither attest nor sign for the sync committee; always the same ones for a share.',
    args: { share: required(share('Which share of them.')) },
    options: { slots: withDefault(slots, 32) },
    example: { line: 'devnet chaos drop-attestations 40% --slots 64', what: 'No finality for two epochs' },
    order: ({ args, options }) => ({ kind: 'drop-attestations', share: args.share, slots: options.slots }),
  }),
  disturbance({
    word: 'late-block',
    summary: 'Let blocks come late',
    description: 'By less than a slot; skip slots for more.',
    args: { delay: required(duration('How long after their slot began; at most 1m.')) },
    options: { slots: withDefault(slots, 1) },
    example: { line: 'devnet chaos late-block 600ms --slots 8', what: 'Eight late blocks' },
    order: ({ args, options }) => ({ kind: 'late-block', delayMs: args.delay, slots: options.slots }),
  }),
  disturbance({
    word: 'reorg',
    summary: 'Replace the newest blocks',
    description: 'With the next block of ours; never behind the finalized one.',
    args: { depth: required(integer('How many blocks go.', { least: 1, most: 64 })) },
    options: {},
    example: { line: 'devnet chaos reorg 2', what: 'A reorg of two blocks' },
    order: ({ args }) => ({ kind: 'reorg', depth: args.depth }),
  }),
  disturbance({
    word: 'stop-finality',
    summary: 'Let nothing be finalized',
    description: 'Half of the validators stay away, until it is cleared unless slots are given.',
    args: {},
    options: { slots },
    example: { line: 'devnet chaos stop-finality --slots 128', what: 'Four epochs without finality' },
    order: ({ options }) =>
      options.slots === undefined
        ? { kind: 'stop-finality' }
        : { kind: 'stop-finality', slots: options.slots },
  }),
  disturbance({
    word: 'slash',
    summary: 'Let a validator break a slashing rule',
    description: 'One of the network’s own; the proof goes into the next block.',
    args: { validator: required(integer('Its index.', { least: 0 })) },
    options: { by: withDefault(choice(['proposal', 'attestation'], 'What it signs twice.'), 'attestation') },
    example: { line: 'devnet chaos slash 7 --by proposal', what: 'Validator 7 proposes twice' },
    order: ({ args, options }) => ({ kind: 'slash', validator: args.validator, by: options.by }),
  }),
  disturbance({
    word: 'stall',
    summary: 'Let the producer’s API hang',
    description: 'Requests are held until the time is over. Followers wait with it.',
    args: { duration: required(shortTime) },
    options: {},
    example: { line: 'devnet chaos stall 30s', what: 'Half a minute without answers' },
    order: ({ args }) => ({ kind: 'stall-api', durationMs: args.duration }),
  }),
  disturbance({
    word: 'wrong-answers',
    summary: 'Let the producer’s API lie',
    description: `${lieList}. All else stays true.`,
    args: { about: required(choice(lieTopics, 'What it lies about.')) },
    options: { for: withDefault(shortTime, 60_000, '1m') },
    example: { line: 'devnet chaos wrong-answers genesis --for 20s', what: 'As if on another network' },
    order: ({ args, options }) => ({ kind: 'wrong-answers', about: args.about, durationMs: options.for }),
  }),
  disturbance({
    word: 'outage',
    summary: 'Let the whole network stand still',
    description: 'Nobody proposes or attests, and the API breaks off every connection.',
    args: { slots: required(slots) },
    options: {},
    example: { line: 'devnet chaos outage 10', what: 'Ten slots of nothing' },
    order: ({ args }) => ({ kind: 'outage', slots: args.slots }),
  }),
  looking('list', 'Show what is in force or still to come'),
  looking('clear', 'End all that is in force'),
];

function disturbance<const A extends Specs, const O extends Specs>(declared: Disturbance<A, O>): Command {
  const { word, summary, description, args, options, example, order } = declared;
  return command({
    path: ['devnet', 'chaos', word],
    summary,
    description,
    args,
    options: { ...options, devnet: devnetOption },
    examples: [example],
    run: (context, input) => {
      const { devnet } = input.options as { readonly devnet: string };
      return told(context, { do: 'order', devnet, order: order(input as CommandInput<O, A>) });
    },
  });
}

function looking(word: 'list' | 'clear', summary: string): Command {
  return command({
    path: ['devnet', 'chaos', word],
    summary,
    options: { devnet: devnetOption },
    examples: [{ line: `devnet chaos ${word}`, what: summary }],
    run: (context, { options }) => told(context, { do: word, devnet: options.devnet }),
  });
}

type Wish =
  | { readonly do: 'order'; readonly devnet: string; readonly order: ChaosOrder }
  | { readonly do: 'list' | 'clear'; readonly devnet: string };

async function told(context: CommandContext, wish: Wish): Promise<undefined> {
  const [{ devnetChaos }, { chaosText, orderedText }, services] = await Promise.all([
    import('../../../operations/devnet/devnet-chaos.ts'),
    import('../../view/disturbance-text.ts'),
    context.services(),
  ]);
  const report = await devnetChaos(services, { ...wish, signal: context.signal });
  context.output.result(report, () => {
    if (wish.do !== 'order') return chaosText(report);
    const ordered = orderedText(wish.order.kind, report);
    return report.active.length === 0 ? ordered : `${ordered}\n${chaosText(report)}`;
  });
  return undefined;
}
