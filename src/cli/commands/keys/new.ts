import { mnemonicLengths } from '../../../core/keys/mnemonic-lengths.ts';
import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { choice, integer, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { refuseTogether } from '../../refuse-together.ts';
import { noBackupOption } from './backup-options.ts';
import { depositOptions, keySetOption, networkOption, startIndexOption, usualAmount } from './key-options.ts';
import {
  givenPassphrase,
  givenPassword,
  mnemonicOptions,
  newPassword,
  passwordOptions,
} from './secret-options.ts';

const lengths = mnemonicLengths.map(String) as `${(typeof mnemonicLengths)[number]}`[];

/** One would be ignored beside the other: a mnemonic of your own is not written, and a folder is no set. */
const excluding = [
  ['mnemonicFile', 'mnemonicEnv'],
  ['mnemonicFile', 'saveMnemonic'],
  ['mnemonicEnv', 'saveMnemonic'],
  ['mnemonicFile', 'words'],
  ['mnemonicEnv', 'words'],
  ['out', 'set'],
  ['out', 'deposits'],
] as const;

const missing = (name: string) => cliErrors.create('EPH-CLI-MISSING', { name });

export const keysNewCommand = command({
  path: ['keys', 'new'],
  summary: 'Make validator keys from a mnemonic, a new one or your own',
  description:
    'Keys go into a key set of this installation, or with --out into a folder as the public deposit tool writes it. Without a password every keystore gets one of its own, which lies beside it. With --withdrawal-address, or --credentials 0x00, deposit data is made as well: in the folder, or for a set in the file of --deposits.\nA new mnemonic is shown once, or written with --save-mnemonic. Secrets are read from files, variables or the terminal, never from the command line.',
  options: {
    ...mnemonicOptions,
    words: choice(lengths, 'How many words a new mnemonic has; 24 when absent.'),
    saveMnemonic: text('file', 'Write the new mnemonic there, for you alone, instead of showing it.', {
      completes: 'file',
    }),
    ...passwordOptions,
    count: withDefault(integer('How many keys.', { least: 1, most: 100_000 }), 1),
    startIndex: startIndexOption,
    set: { ...keySetOption, description: 'The key set; main when absent.' },
    out: text('folder', 'Write a folder instead of a key set; it must not exist.', { completes: 'folder' }),
    kdf: withDefault(
      choice(['scrypt', 'pbkdf2'], 'How keystores are protected; pbkdf2 opens faster.'),
      'scrypt',
    ),
    deposits: text('file', 'Write deposit data for keys of a set there; with --out it lies in the folder.', {
      completes: 'file',
    }),
    network: networkOption,
    ...depositOptions,
    amount: text('eth', 'How much to deposit for each key, from 1 to 2048 ETH; 32 when absent.'),
    noBackup: noBackupOption,
  },
  examples: [
    { line: 'keys new --count 2', what: 'Two keys of a new mnemonic, which is shown, into the set main' },
    {
      line: 'keys new --mnemonic-file M --password-file P --count 10 --out DIR --json',
      what: 'Ten keys of your own mnemonic, by a script',
    },
    {
      line: 'keys new --mnemonic-file M --start-index 10 --withdrawal-address 0x4D496CcC28058B1D74B7a19541663E21154f9c84 --out DIR',
      what: 'With deposit data for the launchpad',
    },
  ],
  async run(context, { options }) {
    const { output, signal, config } = context;
    const [{ newKeys }, { newKeysText }, { chosenMnemonic }, { readDeposit }, services] = await Promise.all([
      import('../../../operations/keys/new-keys.ts'),
      import('../../view/keys-text.ts'),
      import('./choose-mnemonic.ts'),
      import('./read-deposit.ts'),
      context.services(),
    ]);
    refuseTogether('keys new', options, excluding);
    const { amount = usualAmount } = options;
    const deposit = await readDeposit(context, { ...options, amount, config });
    const ofDeposits = options.deposits ?? options.amount ?? options.network;
    if (deposit === undefined && ofDeposits !== undefined) throw missing('--withdrawal-address');
    if (deposit !== undefined && options.deposits === undefined && options.out === undefined)
      throw missing('--deposits');
    const password = await (options.out === undefined ? givenPassword : newPassword)(context, options);
    const chosen = await chosenMnemonic(context, options);
    const passphrase = await givenPassphrase(context, options);
    const { count, startIndex, kdf: derivation, out, set = 'main', noBackup } = options;
    const backup = { config, noBackup };
    const into = out === undefined ? { keySet: set, depositFile: options.deposits } : { folder: out };
    const wish = { ...chosen, passphrase, password, count, startIndex, derivation, into, deposit, backup };
    const report = await withProgress({ output, clock: services.clock }, 'Deriving keys', (onProgress) =>
      newKeys(services, wish, { signal, onProgress }),
    );
    output.result(report, () => newKeysText(report));
    return undefined;
  },
});
