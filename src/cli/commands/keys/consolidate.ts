import { readPublicKey } from '../../../core/keys/public-key.ts';
import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { requiredText, text } from '../../option.ts';

export const keysConsolidateCommand = command({
  path: ['keys', 'consolidate'],
  summary: 'Prepare a request to merge validators, for the wallet of the withdrawal address',
  description:
    'EIP-7251. Prints the transaction that the withdrawal address of the source must send; nothing is sent. Without a target the source becomes compounding (0x02).',
  args: {
    source: requiredText('source', 'The public key whose balance moves, in full.'),
    target: text('target', 'The public key that it moves to; must have 0x02 credentials.'),
  },
  examples: [
    {
      line: 'keys consolidate 0x962195958e742b8dc5b2a25adede82fc5cd661827cb1e1237025e3d7847801aa5584d5bfdc6893413264cccfbff54128',
      what: 'From 0x01 to compounding credentials',
    },
  ],
  async run({ output }, { args }) {
    const [{ consolidationRequest }, { requestText }] = await Promise.all([
      import('../../../core/keys/execution-requests.ts'),
      import('../../view/key-messages-text.ts'),
    ]);
    const [source, target] = [args.source, args.target ?? args.source].map((given) => {
      const key = readPublicKey(given);
      if (key === undefined)
        throw cliErrors.create('EPH-CLI-VALUE', { name: 'key', given, expects: '96 hex digits' });
      return key;
    });
    const request = consolidationRequest(source ?? '0x', target ?? '0x');
    output.result(request, () => requestText(request));
    return undefined;
  },
});
