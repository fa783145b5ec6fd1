import { defineErrors, error } from '../../base/errors.ts';

// A type and no interface: facts are indexed by name.
type Place = { readonly file: string; readonly line: number };

const at = ({ file, line }: Place) => `${file}, line ${line}`;

/** What can be wrong with a list of genesis validators. */
export const validatorsFileErrors = defineErrors({
  'EPH-VALIDATORS-FORMAT': error<Place & { problem: string }>({
    meaning: 'A line of a validators file does not have the parts it must have.',
    message: (facts) => `${at(facts)}: ${facts.problem}.`,
    remedy: () =>
      'Write one validator a line as pubkey:withdrawal_credentials:balance_gwei; # begins a comment.',
  }),
  'EPH-VALIDATORS-PUBKEY': error<Place & { problem: string }>({
    meaning: 'The public key of a genesis validator is not 48 bytes of hex, or is no BLS public key.',
    message: (facts) => `${at(facts)}: the public key ${facts.problem}.`,
    remedy: () => 'Write the compressed BLS public key as 96 hex digits, with or without 0x.',
  }),
  'EPH-VALIDATORS-CREDENTIALS': error<Place & { problem: string }>({
    meaning:
      'The withdrawal credentials of a genesis validator are malformed or of a kind that genesis does not know.',
    message: (facts) => `${at(facts)}: the withdrawal credentials ${facts.problem}.`,
    remedy: () =>
      'Write 64 hex digits: 00 and the BLS hash, or 01 or 02 (compounding), eleven zero bytes and the 20-byte withdrawal address.',
  }),
  'EPH-VALIDATORS-BALANCE': error<Place & { balance: string }>({
    meaning:
      'The balance of a genesis validator is not between 1 and 2048 ETH in gwei, or does not give an effective balance of whole ETH.',
    message: (facts) => `${at(facts)}: ${facts.balance} is not a balance that a genesis validator can have.`,
    remedy: () =>
      'Give the balance in gwei, from 1000000000 (1 ETH) to 2048000000000 (2048 ETH), in whole ETH unless it is above 32 ETH and the credentials are 00 or 01; 32000000000 is the usual one.',
  }),
  'EPH-VALIDATORS-DUPLICATE': error<Place & { pubkey: string; firstFile: string; firstLine: number }>({
    meaning: 'Two lines of the genesis validators have the same public key.',
    message: (facts) =>
      `${at(facts)}: validator ${facts.pubkey} stands already in ${facts.firstFile}, line ${facts.firstLine}.`,
    remedy: () => 'Remove one of the two lines: a key may run in one place only.',
  }),
  'EPH-VALIDATORS-TOO-MANY': error<{ file: string; line?: number; limit: number }>({
    meaning: 'A list of genesis validators is longer than we accept.',
    message: ({ file, line, limit }) =>
      `${file}${line === undefined ? '' : `, line ${line}`}: more than ${limit} validators or bytes.`,
    remedy: () => 'Split the set over several files, or start with fewer validators.',
  }),
});
