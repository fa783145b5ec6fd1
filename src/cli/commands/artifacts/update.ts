import type { UpdateReport } from '../../../operations/artifacts/update-artifacts.ts';
import { type CommandContext, command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { flag } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const artifactsUpdateCommand = command({
  path: ['artifacts', 'update'],
  summary: 'Bring ephemery.lock to what the configuration and this version mean now',
  description:
    'Shows what would change and asks. What is new is installed first; only then the lock file changes, in one step, and keeps what was before for --back. Nodes that run take it up with the next `ephemery up`.',
  options: {
    back: flag('Go back to what was pinned before the last update.'),
    dryRun: flag('Only show what would change.'),
    yes: flag('Do not ask.'),
  },
  examples: [
    { line: 'artifacts update --dry-run', what: 'See what would change' },
    { line: 'artifacts update', what: 'Install and pin it' },
    { line: 'artifacts update --back', what: 'Return to what ran before' },
  ],
  async run(context, { options }) {
    const [{ planArtifactUpdate, updateArtifacts }, { updateText }, services] = await Promise.all([
      import('../../../operations/artifacts/update-artifacts.ts'),
      import('../../view/artifacts-text.ts'),
      context.services(),
    ]);
    const { output, config, signal } = context;
    const wish = { config, back: options.back };
    const progress = { output, clock: services.clock };
    const plan = await withProgress(progress, 'Looking', (onProgress) =>
      planArtifactUpdate(services, wish, { signal, onProgress }),
    );
    const isOnlyShown = plan.changes.length === 0 || options.dryRun;
    if (isOnlyShown || !(await isAgreed(context, plan, options.yes))) {
      output.result(plan, () => updateText(plan, output.style));
      return undefined;
    }
    const report = await withProgress(progress, 'Installing', (onProgress) =>
      updateArtifacts(services, wish, { signal, onProgress }),
    );
    output.result(report, () => updateText(report, output.style));
    return undefined;
  },
});

/** Shows what changes and asks. Throws EPH-CLI-CONFIRM where nobody can be asked. */
async function isAgreed(
  { output, signal }: CommandContext,
  plan: UpdateReport,
  isSaid: boolean,
): Promise<boolean> {
  if (isSaid) return true;
  if (!output.interactive || !process.stdin.isTTY) {
    throw cliErrors.create('EPH-CLI-CONFIRM', {
      what: `update ${plan.changes.map(({ key }) => key).join(', ')}`,
    });
  }
  const [{ updateText }, { confirm }] = await Promise.all([
    import('../../view/artifacts-text.ts'),
    import('../../output/confirm.ts'),
  ]);
  output.note(updateText(plan, output.errorStyle));
  return confirm('Change these?', signal);
}
