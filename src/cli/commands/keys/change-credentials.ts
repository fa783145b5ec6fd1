import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { formed, required, requiredText } from '../../option.ts';
import {
  beaconOption,
  depositOptions,
  iterationOption,
  networkOption,
  sendOption,
  startIndexOption,
} from './key-options.ts';
import { givenMnemonic, givenPassphrase, mnemonicOptions } from './secret-options.ts';

const indexList = formed('list', 'Indices of the validators, with commas, in the order of their keys.', {
  pattern: /^\d{1,15}(,\d{1,15})*$/,
  expects: 'whole numbers with commas between',
});

export const keysChangeCredentialsCommand = command({
  path: ['keys', 'change-credentials'],
  summary: 'Sign changes from 0x00 credentials to an address, write them down, and send them if told to',
  description:
    'With --send they are given to the Beacon API of our own node, which must be on the network that they are signed for, and its answer is told for each; ends with code 3 when it did not take all. Without it nothing is sent: give the file to a Beacon API (POST /eth/v1/beacon/pool/bls_to_execution_changes). The address cannot be changed afterwards.',
  options: {
    ...mnemonicOptions,
    validators: required(indexList),
    startIndex: startIndexOption,
    withdrawalAddress: required(depositOptions.withdrawalAddress),
    network: networkOption,
    iteration: iterationOption,
    beacon: beaconOption,
    send: sendOption,
    out: requiredText('file', 'The file to write; it must not exist.', { completes: 'file' }),
  },
  examples: [
    {
      line: 'keys change-credentials --mnemonic-file M --validators 12,13 --withdrawal-address 0x4D496CcC28058B1D74B7a19541663E21154f9c84 --out changes.json',
      what: 'The first two keys of a mnemonic, which are validators 12 and 13',
    },
  ],
  async run(context, { options }) {
    const { output, signal, config } = context;
    const [{ changeCredentials }, { allTaken, changeCredentialsText }, { keyUseErrors }, services] =
      await Promise.all([
        import('../../../operations/keys/change-credentials.ts'),
        import('../../view/key-messages-text.ts'),
        import('../../../operations/keys/errors.ts'),
        context.services(),
      ]);
    const mnemonic = await givenMnemonic(context, options);
    if (mnemonic === undefined)
      throw keyUseErrors.create('EPH-KEYS-SECRET-MISSING', {
        what: 'The mnemonic',
        options: '--mnemonic-file or --mnemonic-env',
      });
    const passphrase = await givenPassphrase(context, options);
    const validatorIndices = options.validators.split(',').map(Number);
    const wish = { ...options, config, mnemonic, passphrase, validatorIndices };
    const report = await changeCredentials(services, wish, signal);
    output.result(report, () => changeCredentialsText(report));
    return allTaken(report.changes) ? undefined : exitCodes.found.code;
  },
});
