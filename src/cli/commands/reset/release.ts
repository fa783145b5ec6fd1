import { command } from '../../command.ts';
import { text } from '../../option.ts';

export const resetReleaseCommand = command({
  path: ['reset', 'release'],
  summary: 'Let a held reset begin',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  examples: [{ line: 'reset release home', what: 'For one node' }],
  async run(context, { args }) {
    const { openControl } = await import('../../../operations/open-control.ts');
    const control = await openControl(await context.services(), { config: context.config });
    const done = await control.release(args.node === undefined ? {} : { node: args.node });
    const nodes = done.nodes.join(', ');
    context.output.result(done, () => `Resets of ${nodes} begin when they are due.`);
    return undefined;
  },
});
