import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with keys and their files. No message holds a password, a mnemonic or a secret key. */
export const keyErrors = defineErrors({
  'EPH-KEYS-REMOTE-LIST': error<{ file: string }>({
    meaning: "A key set's list of keys that a remote signer has cannot be read.",
    message: ({ file }) => `${file} is no list of public keys.`,
    remedy: () => 'Restore it from a backup, or remove it and import the keys from their signer again.',
  }),
  'EPH-KEYS-KEYSTORE-INVALID': error<{ file: string; problem: string }>({
    meaning: 'A file is no keystore as EIP-2335 describes it, or one that asks for more than we give.',
    message: ({ file, problem }) => `${file}: ${problem}.`,
    remedy: () => 'Take the keystore from its source again; it may have been cut or edited.',
  }),
  'EPH-KEYS-PASSWORD-WRONG': error<{ file: string }>({
    meaning: 'A password does not open its keystore.',
    message: ({ file }) => `The password does not open ${file}.`,
    remedy: () => 'Give the password with which the keystore was made; every keystore can have its own.',
  }),
  'EPH-KEYS-MNEMONIC': error<{ problem: string }>({
    meaning: 'Words that were given as a mnemonic are none.',
    message: ({ problem }) => `The mnemonic cannot be used: ${problem}.`,
    remedy: () =>
      'Compare every word with what was written down; each may be given by its first four letters.',
    exitCode: 2,
  }),
  'EPH-KEYS-MNEMONIC-LANGUAGE': error<{ languages: readonly string[] }>({
    meaning:
      'A mnemonic with abbreviated words is valid in several languages, and each would give other keys.',
    message: ({ languages }) => `The mnemonic is valid in ${languages.join(' and in ')}.`,
    remedy: () => 'Say which with --language, or write the words in full.',
    exitCode: 2,
  }),
  'EPH-KEYS-ADDRESS': error<{ given: string; problem: string }>({
    meaning: 'The address that withdrawals should go to is not a usable one.',
    message: ({ given, problem }) => `${given} ${problem}.`,
    remedy: () => 'Copy the address again from the wallet that owns it.',
    exitCode: 2,
  }),
  'EPH-KEYS-AMOUNT': error<{ given: string }>({
    meaning: 'An amount is not one that a deposit may have.',
    message: ({ given }) => `${given} is not an amount from 1 to 2048 ETH.`,
    remedy: () => 'Give it in ETH, with up to nine decimals: 32, 1 or 1024.5.',
    exitCode: 2,
  }),
  'EPH-KEYS-WITHDRAWAL-AMOUNT': error<{ given: string }>({
    meaning: 'An amount to withdraw is no positive number of ETH, or more than any validator has.',
    message: ({ given }) => `${given} is not an amount that can be withdrawn.`,
    remedy: () =>
      'Give it in ETH, with up to nine decimals: 4 or 0.25. Leave --amount out for a validator that is to exit whole.',
    exitCode: 2,
  }),
  'EPH-KEYS-DEPOSIT-FILE': error<{ file: string; problem: string }>({
    meaning: 'A file is no deposit data as the public deposit tool writes it.',
    message: ({ file, problem }) => `${file}: ${problem}.`,
    remedy: () => 'Name a file deposit_data-*.json, unchanged as its tool wrote it.',
  }),
});
