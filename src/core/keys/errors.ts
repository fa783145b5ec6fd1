import { defineErrors, error } from '../../base/errors.ts';

/** What can be wrong with keys and their files. No message holds a password, a mnemonic or a secret key. */
export const keyErrors = defineErrors({
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
});
