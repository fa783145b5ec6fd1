import { command } from '../../command.ts';
import { flag, integer, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const supportBundleCommand = command({
  path: ['support', 'bundle'],
  summary: 'Gather what somebody who helps wants to see, without secrets',
  description:
    'One tar.gz with versions, the configuration, findings, status, journals, ports, the lock file and the last lines of every log. Secrets are taken out, keys are never read into it. A file that exists is not replaced.',
  options: {
    out: text('file', 'The file to write; ephemery-support-<time>.tar.gz in this folder when absent.', {
      completes: 'file',
    }),
    logLines: withDefault(
      integer('How many of the last lines of each log.', { least: 0, most: 10_000 }),
      500,
    ),
    dryRun: flag('Only show what it would contain.'),
  },
  examples: [
    { line: 'support bundle --dry-run', what: 'See what it would contain' },
    {
      line: 'support bundle --out ./for-the-issue.tar.gz',
      what: 'Make it; look through it before you give it away',
    },
  ],
  async run(context, { options }) {
    const [{ gatherBundle }, { contentsText, bundleText }, services] = await Promise.all([
      import('../../../operations/support/support-bundle.ts'),
      import('../../view/support-text.ts'),
      context.services(),
    ]);
    const { output, config, signal } = context;
    const { dryRun, ...wish } = options;
    const bundle = await withProgress({ output, clock: services.clock }, 'Gathering', () =>
      gatherBundle(services, { ...wish, config }, signal),
    );
    const { file, contents } = bundle;
    if (dryRun) {
      output.result({ file, contents, isWritten: false }, () => contentsText(contents));
      return undefined;
    }
    output.note(contentsText(contents));
    const bytes = await bundle.write();
    output.result({ file, contents, isWritten: true, bytes }, () =>
      bundleText({ file, bytes }, output.style),
    );
    return undefined;
  },
});
