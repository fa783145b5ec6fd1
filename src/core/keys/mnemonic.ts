import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { Secret } from '../../base/secret.ts';
import { keyErrors } from './errors.ts';
import { type MnemonicLanguage, mnemonicLanguages } from './mnemonic-language.ts';
import { mnemonicLengths } from './mnemonic-lengths.ts';
import { readings, wordsOf } from './wordlists.ts';

/** Words of a wallet that derive every key, and their language. */
export interface Mnemonic {
  /** In full, as BIP-39 writes them: NFKD, one blank between. */
  readonly words: Secret;
  readonly language: MnemonicLanguage;
}

/** The mnemonic of 16 to 32 bytes of entropy. */
export function mnemonicOf(entropy: Uint8Array, language: MnemonicLanguage): Mnemonic {
  // Japanese comes with ideographic blanks, which are blanks in NFKD.
  return {
    words: new Secret(entropyToMnemonic(entropy, [...wordsOf(language)]).normalize('NFKD')),
    language,
  };
}

/**
 * Reads what a person wrote down: any blanks between the words, any case, each word in full, by its first four
 * letters or (in Latin script) without its accents. The language is found unless told. Throws EPH-KEYS-MNEMONIC and
 * EPH-KEYS-MNEMONIC-LANGUAGE; neither holds a word of it.
 */
export function readMnemonic(text: Secret, language?: MnemonicLanguage): Mnemonic {
  const given = text
    .reveal()
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (!mnemonicLengths.some((length) => length === given.length))
    throw keyErrors.create('EPH-KEYS-MNEMONIC', {
      problem: `it has ${given.length} words where 12, 15, 18, 21 or 24 are expected`,
    });
  const tried = (language === undefined ? mnemonicLanguages : [language]).map((each) => readIn(given, each));
  const read = tried.filter((each) => 'words' in each);
  const [first, second] = read;
  if (first !== undefined && second === undefined) return first;
  // The same words in two lists are the same seed, so it does not matter which language they are called.
  if (first !== undefined && read.every(({ words }) => words.reveal() === first.words.reveal())) return first;
  if (first !== undefined)
    throw keyErrors.create('EPH-KEYS-MNEMONIC-LANGUAGE', { languages: read.map((each) => each.language) });
  throw keyErrors.create('EPH-KEYS-MNEMONIC', {
    problem: problemOf(tried.filter((each) => 'understood' in each)),
  });
}

/** The seed of the key tree, 64 bytes: PBKDF2 over the words, salted with the passphrase. Source: BIP-39, "From mnemonic to seed". */
export async function mnemonicSeed({ words }: Mnemonic, passphrase: Secret): Promise<Secret<Uint8Array>> {
  const salt = `mnemonic${passphrase.reveal()}`.normalize('NFKD');
  return new Secret(
    new Uint8Array(await promisify(pbkdf2)(words.reveal().normalize('NFKD'), salt, 2048, 64, 'sha512')),
  );
}

/** How far a language got with the words: how many it knows, and the first that it does not. */
interface NotRead {
  readonly understood: number;
  readonly unknownAt?: number;
}

function readIn(given: readonly string[], language: MnemonicLanguage): Mnemonic | NotRead {
  const list = readings(language);
  const words = given.map((word) => list(word));
  const unknown = words.indexOf(undefined);
  const understood = words.filter((word) => word !== undefined).length;
  if (unknown >= 0) return { understood, unknownAt: unknown + 1 };
  const full = words.join(' ');
  try {
    mnemonicToEntropy(full, [...wordsOf(language)]);
  } catch {
    return { understood };
  }
  return { words: new Secret(full), language };
}

function problemOf(tried: readonly NotRead[]): string {
  const best = [...tried].sort((a, b) => b.understood - a.understood)[0];
  return best?.unknownAt === undefined
    ? 'its last word does not fit the others: one is wrong, or two have changed places'
    : `word ${best.unknownAt} is in no word list of BIP-39 that knows the others`;
}
