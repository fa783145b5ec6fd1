import type { MoveTold } from '../../../operations/validators/move-keys.ts';
import type { OrderRequest } from '../../../operations/validators/order-signing.ts';
import { type Command, type CommandContext, command } from '../../command.ts';
import { requiredText, text, withDefault } from '../../option.ts';
import { noBackupOption } from '../keys/backup-options.ts';
import { validatorsKeysCommand } from './keys.ts';

const node = text('node', 'Only this node.', { completes: 'node' });
const byHand = 'by hand';
const reason = withDefault(text('text', 'Why; it is shown until they are started again.'), byHand);

/** Who signs, and who does not. */
export const validatorCommands: readonly Command[] = [
  validatorsKeysCommand,
  command({
    path: ['validators', 'start'],
    summary: 'Let validator clients sign again',
    description:
      'Takes back a stop or a halt. They start once their keys were seen quiet, unless what they signed on this network is known.',
    args: { node },
    examples: [{ line: 'validators start home', what: 'On one node' }],
    async run(context, { args }) {
      const [{ allowSigning }, { supervisorControl }, services] = await Promise.all([
        import('../../../operations/validators/order-signing.ts'),
        import('../../../operations/open-control.ts'),
        context.services(),
      ]);
      const supervisor = await supervisorControl(services);
      const nodes = await allowSigning(services, { ...chosen(args.node), reason: byHand });
      // It looks by itself before long; this only spares the wait.
      await supervisor?.apply();
      context.output.result({ nodes }, () =>
        nodes.length === 0 ? 'There is no node here yet.' : `They may sign again: ${nodes.join(', ')}.`,
      );
      return undefined;
    },
  }),
  command({
    path: ['validators', 'stop'],
    summary: 'Stop validator clients, and keep them down until started',
    description:
      'Other clients run on. Through resets and restarts it stays so until `ephemery validators start`.',
    args: { node },
    options: { reason },
    examples: [{ line: 'validators stop home', what: 'On one node' }],
    run: (context, { args, options }) =>
      end(context, { ...chosen(args.node), ...options, config: context.config }, 'stopSigning'),
  }),
  command({
    path: ['validators', 'halt'],
    summary: 'Emergency stop: end every signer within two seconds',
    description:
      'Asks no supervisor, because it may hang: the order is written down, and the programs are ended at once, whatever they do. They stay down until `ephemery validators start`.',
    args: { node },
    options: { reason },
    examples: [
      { line: 'validators halt', what: 'Every node of the home' },
      { line: 'validators halt home --reason "two signers"', what: 'One node, with the reason' },
    ],
    run: (context, { args, options }) => end(context, { ...chosen(args.node), ...options }, 'haltSigning'),
  }),
  command({
    path: ['validators', 'move'],
    summary: 'Hand a key set over to another node',
    description:
      'Stops the node that has it, takes slashing protection along, changes the configuration, and lets the other start once its guard is content. Neither signs meanwhile. Given again after an interruption, it goes on where it was.',
    args: { keySet: requiredText('key-set', 'Which keys.') },
    options: {
      to: requiredText('node', 'The node that is to have them.', { completes: 'node' }),
      noBackup: noBackupOption,
    },
    examples: [{ line: 'validators move main --to second', what: 'From the node that has it' }],
    async run(context, { args, options }) {
      const { moveKeySet } = await import('../../../operations/validators/move-key-set.ts');
      const services = await context.services();
      const onWait = (why: string) => context.output.note(why);
      const wish = {
        config: context.config,
        keySet: args.keySet,
        ...options,
        onWait,
        signal: context.signal,
      };
      const told = (step: MoveTold) => context.output.note(`  ${moveWords[step]}`);
      const report = await moveKeySet(services, wish, told);
      const { keySet, from, to, moved } = report;
      context.output.result(report, () =>
        moved
          ? `${keySet} moved from ${from} to ${to}.`
          : `${keySet} is with ${to} already; nothing was stopped or changed.`,
      );
      return undefined;
    },
  }),
];

/** What is done when a step is told. */
const moveWords: Readonly<Record<MoveTold, string>> = {
  begun: 'The move is written down: given again after an interruption, it goes on from here.',
  stopped: 'The node that has the keys signs no more.',
  carried: 'The other node has their slashing protection.',
  'not-carried':
    'What they signed says nothing about the network that the other node is on: it waits until the keys were quiet for two epochs.',
  configured: 'The configuration gives them to the other node.',
  'handed-over': 'The other node has them, and signs once its guard is content.',
};

function chosen(name: string | undefined): { readonly node?: string } {
  return name === undefined ? {} : { node: name };
}

async function end(
  context: CommandContext,
  request: OrderRequest,
  how: 'stopSigning' | 'haltSigning',
): Promise<undefined> {
  const [operations, { withProgress }, services] = await Promise.all([
    import('../../../operations/validators/order-signing.ts'),
    import('../../output/progress.ts'),
    context.services(),
  ]);
  const progress = { output: context.output, clock: services.clock };
  const report = await withProgress(progress, 'Ending the signers', () => operations[how](services, request));
  const ended = report.nodes.filter(({ outcome }) => outcome !== 'was-not-running');
  context.output.result(report, () =>
    [
      ended.length === 0
        ? 'No signer was running.'
        : `Ended the signers of ${ended.map(({ node: name }) => name).join(', ')}.`,
      report.nodes.length === 0
        ? 'There is no node here yet.'
        : `None starts until \`ephemery validators start\`: ${report.nodes.map(({ node: name }) => name).join(', ')}.`,
    ].join('\n'),
  );
  return undefined;
}
