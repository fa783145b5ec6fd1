import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { choice, formed, integer, required, text, withDefault } from '../../option.ts';
import { noBackupOption } from './backup-options.ts';
import { depositOptions, keySetOption, usualAmount } from './key-options.ts';

const handle = formed('name', 'Your handle, as the file will be called.', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/,
  expects: 'letters, digits, dots, dashes and underscores',
});

export const keysGenesisFileCommand = command({
  path: ['keys', 'genesis-file'],
  summary: 'Write the file with which keys become genesis validators',
  description:
    'One line a key, in the form of the public network’s repository, held against every file that is there (of --inputs, and of the folder that it goes to): lengths, credentials, balances, keys named twice. Shows the indices they would have and the steps of the pull request. Afterwards `keys list` proves that the next genesis has them. Ends with code 3, and writes nothing, when the file would be refused.',
  args: {
    key: { ...text('key', 'Public keys, or their beginnings; all of the set when absent.'), repeats: true },
  },
  options: {
    set: keySetOption,
    name: required(handle),
    node: withDefault(integer('The number of your node.', { least: 1, most: 999 }), 1),
    withdrawalAddress: depositOptions.withdrawalAddress,
    credentials: choice(['0x01', '0x02'], '0x01: an address; 0x02: one that compounds up to 2048 ETH.'),
    amount: withDefault(
      text('eth', 'The balance of each key, from 1 to 2048 ETH; with less than 32 it is never active.'),
      usualAmount,
    ),
    inputs: text('folder', 'A copy of the network’s genesis repository.', { completes: 'folder' }),
    out: text('folder', 'Where to write the file; validators/ of the inputs when absent.', {
      completes: 'folder',
    }),
    noBackup: noBackupOption,
  },
  examples: [
    {
      line: 'keys genesis-file --set main --name mario --withdrawal-address 0x4D496CcC28058B1D74B7a19541663E21154f9c84 --credentials 0x02 --amount 1024 --inputs ./ephemery-genesis',
      what: 'All keys of a set, as most genesis validators are',
    },
  ],
  async run(context, { options, rest }) {
    const { output, config } = context;
    const [
      { genesisFile },
      { readCredentials },
      { readDepositAmount },
      { genesisFileText },
      { keyUseErrors },
      services,
    ] = await Promise.all([
      import('../../../operations/keys/genesis-file.ts'),
      import('../../../operations/keys/deposit-entries.ts'),
      import('../../../core/keys/amount.ts'),
      import('../../view/genesis-file-text.ts'),
      import('../../../operations/keys/errors.ts'),
      context.services(),
    ]);
    const credentials = readCredentials(options);
    if (credentials === undefined)
      throw keyUseErrors.create('EPH-KEYS-CREDENTIALS', {
        problem: 'Genesis validators need an address for withdrawals',
      });
    const deposit = { ...credentials, amountGwei: readDepositAmount(options.amount) };
    const { set: keySet, name, node, inputs, out, noBackup } = options;
    const report = await genesisFile(services, {
      choice: { keySet, keys: rest },
      name,
      node,
      deposit,
      inputs,
      out,
      backup: { config, noBackup },
    });
    output.result(report, () => genesisFileText(report, output.style));
    return (report.lint?.problems.length ?? 0) === 0 ? undefined : exitCodes.found.code;
  },
});
