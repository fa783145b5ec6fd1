import { credentialKinds } from '../../../core/keys/credential-kind.ts';
import { choice, flag, formed, httpUrl, integer, text, withDefault } from '../../option.ts';

const setName = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
  expects: 'lower-case letters, digits and dashes',
};

export const keySetOption = formed('name', 'The key set.', setName);
export const networkOption = text('name', 'A network, or the file of one; as in `network show` when absent.');
export const startIndexOption = withDefault(
  integer('The number of the first key below the mnemonic.', { least: 0, most: 4_294_967_295 }),
  0,
);
export const iterationOption = integer('The iteration that it is for; the current one when absent.', {
  least: 0,
});
export const beaconOption = httpUrl('A Beacon API to ask; that of our own node when absent.');

export const sendOption = flag(
  'Send them too, to the Beacon API of our own node or to that of --beacon, once they are written.',
);

/** In ETH. */
export const usualAmount = '32';

export const depositOptions = {
  withdrawalAddress: formed('address', 'Where withdrawals go. It cannot be changed later.', {
    pattern: /^0x[0-9a-fA-F]{40}$/,
    expects: '0x and 40 hex digits',
  }),
  credentials: choice(
    credentialKinds,
    '0x01: an address; 0x02: one that compounds up to 2048 ETH; 0x00: a BLS key.',
  ),
  amount: withDefault(text('eth', 'How much to deposit for each key, from 1 to 2048 ETH.'), usualAmount),
};
