import { command } from '../../command.ts';

export const statusCommand = command({
  path: ['status'],
  summary: 'Show where every node is',
  description:
    'Wanted is the iteration by the clock, available what was fetched and verified, running what the\nclients themselves answer: three facts, told apart where they differ.',
  examples: [
    { line: 'status', what: 'For people' },
    { line: "status --json | jq '.nodes[].state'", what: 'For scripts' },
  ],
  async run(context) {
    const [{ openControl }, { statusText }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/status-text.ts'),
      context.services(),
    ]);
    const control = await openControl(services, { config: context.config });
    const report = await control.status();
    context.output.result(report, () => statusText(report, context.output.style));
    return undefined;
  },
});
