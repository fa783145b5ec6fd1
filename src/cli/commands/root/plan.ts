import { command } from '../../command.ts';
import { flag, text } from '../../option.ts';

export const planCommand = command({
  path: ['plan'],
  summary: 'Show what would be done now, and do nothing',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  options: { force: flag('As if `reset --force` were asked for.') },
  examples: [{ line: 'plan', what: 'In the same words in which it is done' }],
  async run(context, { args, options }) {
    const { output, config } = context;
    const [{ openControl }, { planText }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/plan-text.ts'),
      context.services(),
    ]);
    const control = await openControl(services, { config });
    const { node } = args;
    const plans = await control.plan({ force: options.force, ...(node === undefined ? {} : { node }) });
    output.result(plans, () => plans.map((plan) => planText(plan, output.style)).join('\n'));
    return undefined;
  },
});
