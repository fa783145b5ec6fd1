import { command } from '../../command.ts';
import { withProgress } from '../../output/progress.ts';

export const artifactsListCommand = command({
  path: ['artifacts', 'list'],
  summary: 'List the programs of the configuration',
  description:
    'For each: which nodes use it, version, source, how far its checksum is trusted (publisher: the publisher gives it; signature: the publisher signed what has it; configured: you do; first use: pinned as it first came), and how much room it takes.',
  examples: [{ line: 'artifacts list', what: 'What runs, and where it came from' }],
  async run(context) {
    const [{ listArtifacts }, { artifactsText }, services] = await Promise.all([
      import('../../../operations/artifacts/list-artifacts.ts'),
      import('../../view/artifacts-text.ts'),
      context.services(),
    ]);
    const { output, config } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Looking', () =>
      listArtifacts(services, { config }),
    );
    output.result(report, () => artifactsText(report, output.style));
    return undefined;
  },
});
