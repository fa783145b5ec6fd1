import { type CommandContext, command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, text } from '../../option.ts';

export const planCommand = command({
  path: ['plan'],
  summary: 'Show what would be done now, and do nothing',
  description:
    'What follows a reset, such as the first blocks and the removal of old chain data, is part of it.\nWhat a release leads to can be shown once it is here and verified.\nThe exit code is 3 when something critical keeps a node from its iteration.',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  options: { force: flag('As if `reset --force` were asked for.') },
  examples: [{ line: 'plan', what: 'In the same words in which it is done' }],
  async run(context, { args, options }) {
    return showPlans(context, { node: args.node, force: options.force });
  },
});

/** Prints what would be done, now or by a reset by force. The exit code says whether a node is blocked. */
export async function showPlans(
  context: CommandContext,
  { node, force }: { readonly node: string | undefined; readonly force: boolean },
): Promise<number | undefined> {
  const { output, config } = context;
  const [{ openControl }, { isBlocked, plansText }, { withProgress }, services] = await Promise.all([
    import('../../../operations/open-control.ts'),
    import('../../view/plan-text.ts'),
    import('../../output/progress.ts'),
    context.services(),
  ]);
  const plans = await withProgress({ output, clock: services.clock }, 'Looking', async () => {
    const control = await openControl(services, { config });
    return control.plan({ force, ...(node === undefined ? {} : { node }) });
  });
  output.result(plans, () => plansText(plans, output.style));
  return plans.some(isBlocked) ? exitCodes.found.code : undefined;
}
