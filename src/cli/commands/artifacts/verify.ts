import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { withProgress } from '../../output/progress.ts';

export const artifactsVerifyCommand = command({
  path: ['artifacts', 'verify'],
  summary: 'Read every installed program again and hold it against ephemery.lock',
  description:
    'Of an image the container engine is asked whether it has the one that is pinned. Nothing is asked of the network. Ends with code 3 when a program is not what is pinned.',
  examples: [{ line: 'artifacts verify', what: 'After a disk gave trouble, or before trusting a home' }],
  async run(context) {
    const [{ verifyArtifacts }, { verificationText }, services] = await Promise.all([
      import('../../../operations/artifacts/verify-artifacts.ts'),
      import('../../view/artifacts-text.ts'),
      context.services(),
    ]);
    const { output, config } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Reading programs', () =>
      verifyArtifacts(services, { config }),
    );
    output.result(report, () => verificationText(report, output.style));
    return report.programs.some(({ outcome }) => outcome === 'altered') ? exitCodes.found.code : undefined;
  },
});
