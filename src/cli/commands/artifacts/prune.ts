import { command } from '../../command.ts';
import { flag } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const artifactsPruneCommand = command({
  path: ['artifacts', 'prune'],
  summary: 'Remove installed programs that nothing needs any more',
  description:
    'What ephemery.lock names stays, what it named before the last update, what the configuration wants, and what may be running. Of images in the container engine only those go that the engine did not have before we pulled them. All of it can be fetched again.',
  options: { dryRun: flag('Only show what would be removed.') },
  examples: [
    { line: 'artifacts prune --dry-run', what: 'See what would go, and how much room it takes' },
    { line: 'artifacts prune', what: 'Make room' },
  ],
  async run(context, { options }) {
    const [{ pruneArtifacts }, { pruneText }, services] = await Promise.all([
      import('../../../operations/artifacts/prune-artifacts.ts'),
      import('../../view/artifacts-text.ts'),
      context.services(),
    ]);
    const { output, config } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Looking', () =>
      pruneArtifacts(services, { config, dryRun: options.dryRun }),
    );
    output.result(report, () => pruneText(report));
    return undefined;
  },
});
