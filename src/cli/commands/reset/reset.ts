import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { flag, text } from '../../option.ts';
import { showPlans } from '../root/plan.ts';

const consents = ['older-iteration', 'changed-identity', 'changed-schedule', 'fewer-keys'] as const;

export const resetCommand = command({
  path: ['reset'],
  summary: 'Reset nodes now',
  description:
    'Resets come by themselves when they are due. This asks for one by hand: the old chain data stay until the new iteration is live, and slashing protection is always kept.\nWith --dry-run the exit code is 3 when something critical keeps a node from its iteration.',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  options: {
    force: flag('Start the current iteration again, in a new directory.'),
    dryRun: flag('Show what would be done, and do nothing.'),
    consent: text('kind=subject', 'Accept what a finding warns of; the finding says what to write.'),
  },
  examples: [
    { line: 'reset --force --dry-run', what: 'What a forced reset would do' },
    { line: 'reset home --force', what: 'Start the current iteration of one node again' },
    { line: 'reset --consent older-iteration=166', what: 'Agree to go back, as a finding asked' },
  ],
  async run(context, { args, options }) {
    const { output, config } = context;
    if (options.dryRun) {
      return showPlans(context, { node: args.node, force: options.force });
    }
    const node = args.node === undefined ? {} : { node: args.node };
    const { openControl } = await import('../../../operations/open-control.ts');
    const services = await context.services();
    const control = await openControl(services, { config });
    if (options.consent !== undefined) {
      const done = await control.consent({ ...node, ...readConsent(options.consent) });
      output.result(done, () => `Noted for ${done.nodes.join(', ')}.`);
      return undefined;
    }
    const { withProgress } = await import('../../output/progress.ts');
    const done = await withProgress({ output, clock: services.clock }, 'Resetting', () =>
      control.reset({ ...node, force: options.force }),
    );
    output.result(done, () => `The reset of ${done.nodes.join(', ')} is under way.`);
    return undefined;
  },
});

function readConsent(given: string) {
  const [kind, ...rest] = given.split('=');
  const consent = consents.find((candidate) => candidate === kind);
  const subject = rest.join('=');
  if (consent !== undefined && subject !== '') return { consent, subject };
  const expects = `one of ${consents.join(', ')}, an equals sign and what the finding names`;
  throw cliErrors.create('EPH-CLI-VALUE', { name: '--consent', given, expects });
}
