import { readPublicKey } from '../../../core/keys/public-key.ts';
import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { requiredText, text } from '../../option.ts';

export const keysWithdrawCommand = command({
  path: ['keys', 'withdraw'],
  summary: 'Prepare a request to withdraw or exit, for the wallet of the withdrawal address',
  description:
    'EIP-7002. Prints the transaction that the withdrawal address must send; nothing is sent. Without --amount the validator exits whole; with it only one with 0x02 credentials can withdraw, down to 32 ETH.',
  args: { key: requiredText('key', 'The validator’s public key, in full.') },
  options: {
    amount: text('eth', 'How much to withdraw, in ETH, however little; the validator exits when absent.'),
  },
  examples: [
    {
      line: 'keys withdraw 0x962195958e742b8dc5b2a25adede82fc5cd661827cb1e1237025e3d7847801aa5584d5bfdc6893413264cccfbff54128 --amount 4',
      what: 'Four ETH of a compounding validator',
    },
  ],
  async run({ output }, { args, options }) {
    const [{ withdrawalRequest }, { readWithdrawalAmount }, { requestText }] = await Promise.all([
      import('../../../core/keys/execution-requests.ts'),
      import('../../../core/keys/amount.ts'),
      import('../../view/key-messages-text.ts'),
    ]);
    const key = readPublicKey(args.key);
    if (key === undefined)
      throw cliErrors.create('EPH-CLI-VALUE', { name: 'key', given: args.key, expects: '96 hex digits' });
    const request = withdrawalRequest(
      key,
      options.amount === undefined ? 0 : readWithdrawalAmount(options.amount),
    );
    output.result(request, () => requestText(request));
    return undefined;
  },
});
