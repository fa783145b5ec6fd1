import { command } from '../../command.ts';

export const statusCommand = command({
  path: ['status'],
  summary: 'Show where every node is',
  description:
    'Wanted is the iteration by the clock, available what was fetched and verified, running what the clients themselves answer: three facts, told apart where they differ.',
  examples: [
    { line: 'status', what: 'For people' },
    { line: "status --json | jq '.nodes[].state'", what: 'For scripts' },
  ],
  async run(context) {
    const { output, config } = context;
    const [{ openControl }, { statusText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/status-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const report = await withProgress({ output, clock: services.clock }, 'Looking', async () =>
      (await openControl(services, { config })).status(),
    );
    output.result(report, () => statusText(report, output.style));
    return undefined;
  },
});
