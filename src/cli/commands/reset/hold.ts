import { command } from '../../command.ts';
import { text } from '../../option.ts';

export const resetHoldCommand = command({
  path: ['reset', 'hold'],
  summary: 'Keep the next planned reset from beginning',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  examples: [{ line: 'reset hold home', what: 'For one node' }],
  async run(context, { args }) {
    const { openControl } = await import('../../../operations/open-control.ts');
    const control = await openControl(await context.services(), { config: context.config });
    const done = await control.hold(args.node === undefined ? {} : { node: args.node });
    const nodes = done.nodes.join(', ');
    context.output.result(done, () => `The next reset of ${nodes} waits until \`ephemery reset release\`.`);
    return undefined;
  },
});
