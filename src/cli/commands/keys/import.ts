import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, requiredText, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { refuseTogether } from '../../refuse-together.ts';
import { noBackupOption } from './backup-options.ts';
import { keySetOption } from './key-options.ts';
import { keysPassword, passwordOptions, readGiven, variable } from './secret-options.ts';

export const keysImportCommand = command({
  path: ['keys', 'import'],
  summary: 'Take keys over from deposit tools, validator clients and web3signer',
  description:
    'Reads a folder, an archive (zip, also with a password; tar, tar.gz, tar.xz, tar.zst; archives within one level deep) or one keystore, in the layouts of the deposit tools, Lighthouse, Teku, Nimbus, Prysm, Lodestar and web3signer. Every keystore is opened once, to prove its password and its key. Passwords are looked for beside the keystores, then in --passwords, then the given one is tried. Deposit data beside them is checked, and remembered for the keys that are here: `keys deposit list` has it after a reset.\nStop the keys where they run now, and take their slashing protection along, before they sign here. The address of a remote signer (http://…) is asked which keys it has; they are written down, so that they are owned and watched as all others, and their secrets stay there.\nWhat was not looked into is listed with the reason: links that lead out of the folder, archives of other kinds, databases of slashing protection. A source without any keystore is an error. Ends with code 3 when a keystore is damaged or could not be opened.',
  args: {
    from: requiredText('path', 'A folder, an archive, a keystore, or the address of a remote signer.', {
      completes: 'file',
    }),
  },
  options: {
    set: withDefault(keySetOption, 'main'),
    ...passwordOptions,
    passwords: text('folder', 'A folder with a password a file, named after keys or keystores.', {
      completes: 'folder',
    }),
    archivePasswordFile: text('file', 'A file with the password of the archive.', { completes: 'file' }),
    archivePasswordEnv: variable('The environment variable that holds it.'),
    dryRun: flag('Prove everything and keep nothing.'),
    noBackup: noBackupOption,
  },
  examples: [
    { line: 'keys import ./validator_keys --password-file P', what: 'What a deposit tool made' },
    {
      line: 'keys import ./lighthouse --set home --dry-run',
      what: 'Lighthouse’s folder with its passwords, only looked at',
    },
    {
      line: 'keys import ./keys.zip --archive-password-env ZIP_PASSWORD --password-file P',
      what: 'An archive with a password',
    },
    { line: 'keys import http://127.0.0.1:9000 --set remote', what: 'The keys that a remote signer keeps' },
  ],
  async run(context, { args, options }) {
    const { output, signal, config } = context;
    const [{ importKeys }, { importRemoteKeys }, { importKeysText }, services] = await Promise.all([
      import('../../../operations/keys/import-keys.ts'),
      import('../../../operations/keys/import-remote-keys.ts'),
      import('../../view/import-keys-text.ts'),
      context.services(),
    ]);
    refuseTogether('keys import', options, [['archivePasswordFile', 'archivePasswordEnv']]);
    const isSigner = /^https?:\/\//i.test(args.from);
    const archivePassword = await readGiven(context, {
      file: options.archivePasswordFile,
      env: options.archivePasswordEnv,
    });
    const password = isSigner
      ? undefined
      : await keysPassword(context, options, options.passwords === undefined);
    const wish = {
      from: args.from,
      keySet: options.set,
      password,
      passwordFolder: options.passwords,
      archivePassword,
      dryRun: options.dryRun,
      backup: { config, noBackup: options.noBackup },
    };
    const report = await withProgress(
      { output, clock: services.clock },
      isSigner ? 'Asking the signer for its keys' : `Reading ${args.from}`,
      (onProgress) => (isSigner ? importRemoteKeys : importKeys)(services, wish, { signal, onProgress }),
    );
    output.result(report, () => importKeysText(report, output.style));
    return report.broken.length === 0 ? undefined : exitCodes.found.code;
  },
});
