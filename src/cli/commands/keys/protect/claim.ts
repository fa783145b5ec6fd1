import { command } from '../../../command.ts';
import { cliErrors } from '../../../errors.ts';
import { flag, text } from '../../../option.ts';
import { noBackupOption } from '../backup-options.ts';

export const keysClaimCommand = command({
  path: ['keys', 'claim'],
  summary: "Make key sets this installation's own",
  description:
    'For a home that was copied or restored, or keys whose owner is gone for good. Only if nobody else signs with them: two live copies of one machine cannot be told apart at a genesis.',
  args: { keySet: text('key-set', 'Only this key set; all of them when absent.') },
  options: { yes: flag('Do not ask: nobody else signs with these keys.'), noBackup: noBackupOption },
  examples: [{ line: 'keys claim main --yes', what: 'After the machine was replaced' }],
  async run({ services, output, signal, config }, { args, options }) {
    if (!options.yes) {
      const what = `let this installation sign with ${args.keySet ?? 'all keys'}, which is safe only if nobody else does`;
      if (!output.interactive || !process.stdin.isTTY) throw cliErrors.create('EPH-CLI-CONFIRM', { what });
      const { confirm } = await import('../../../output/confirm.ts');
      if (!(await confirm('Is it certain that nobody else signs with these keys?', signal))) return undefined;
    }
    const { claimKeys } = await import('../../../../operations/validators/claim-keys.ts');
    const report = await claimKeys(await services(), args.keySet, {
      config,
      noBackup: options.noBackup,
      onWait: (why) => output.note(why),
      signal,
    });
    output.result(report, () => `Claimed: ${report.keySets.join(', ') || 'no key set'}.`);
    return undefined;
  },
});
