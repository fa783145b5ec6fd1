import { wordlist as czech } from '@scure/bip39/wordlists/czech.js';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as french } from '@scure/bip39/wordlists/french.js';
import { wordlist as italian } from '@scure/bip39/wordlists/italian.js';
import { wordlist as japanese } from '@scure/bip39/wordlists/japanese.js';
import { wordlist as korean } from '@scure/bip39/wordlists/korean.js';
import { wordlist as portuguese } from '@scure/bip39/wordlists/portuguese.js';
import { wordlist as chineseSimplified } from '@scure/bip39/wordlists/simplified-chinese.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { wordlist as chineseTraditional } from '@scure/bip39/wordlists/traditional-chinese.js';
import type { MnemonicLanguage } from './mnemonic-language.ts';

const lists: Readonly<Record<MnemonicLanguage, readonly string[]>> = {
  english,
  'chinese-simplified': chineseSimplified,
  'chinese-traditional': chineseTraditional,
  czech,
  french,
  italian,
  japanese,
  korean,
  portuguese,
  spanish,
};

/** The 2048 words, in NFKD. */
export function wordsOf(language: MnemonicLanguage): readonly string[] {
  return lists[language];
}

/** Gives the word of the list that somebody wrote; undefined for one that is not in it. */
export type Reading = (given: string) => string | undefined;

const known = new Map<MnemonicLanguage, Reading>();

/** The ways in which the words of a language may be written. */
export function readings(language: MnemonicLanguage): Reading {
  const reading = known.get(language) ?? readingOf(lists[language]);
  known.set(language, reading);
  return reading;
}

function readingOf(words: readonly string[]): Reading {
  const byForm = new Map<string, string>();
  // Whole words last: where one is the beginning of another, it means itself.
  for (const formOf of [abbreviated, (word: string) => abbreviated(plain(word)), plain, whole]) {
    for (const word of words) byForm.set(formOf(word), word);
  }
  return (given) => byForm.get(whole(given));
}

/** Composed, so that a letter is one character in every script. */
function whole(word: string): string {
  return word.toLowerCase().normalize('NFKC');
}

/** BIP-39 chose the words so that four letters tell them apart. */
function abbreviated(word: string): string {
  return [...whole(word)].slice(0, 4).join('');
}

/** Without the accents of Latin script. Marks of other scripts change the letter, and stay. */
function plain(word: string): string {
  return whole(word.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, ''));
}
