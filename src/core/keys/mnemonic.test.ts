import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { mnemonicOf, mnemonicSeed, readMnemonic } from './mnemonic.ts';
import { type MnemonicLanguage, mnemonicLanguages } from './mnemonic-language.ts';
import { entropyLength, mnemonicLengths } from './mnemonic-lengths.ts';
import { wordsOf } from './wordlists.ts';

interface Vector {
  readonly entropy: string;
  readonly mnemonic: string;
  readonly seed: string;
}

const fixture = new URL('../../../test/fixtures/keys/bip-39.json', import.meta.url);
const { languages } = JSON.parse(readFileSync(fixture, 'utf8')) as {
  languages: Readonly<Record<string, readonly Vector[]>>;
};
const vectors = Object.entries(languages).map(
  ([name, cases]) => [name.replace('_', '-') as MnemonicLanguage, cases] as const,
);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const abbreviate = (words: string) =>
  words
    .split(/\s/u)
    .map((word) => [...word.normalize('NFKC')].slice(0, 4).join(''))
    .join(' ');
const read = (text: string, language?: MnemonicLanguage) => readMnemonic(new Secret(text), language);

describe.each(vectors)('the vectors of BIP-39 in %s', (language, cases) => {
  it('are made, read and turned into seeds', async () => {
    for (const { entropy, mnemonic, seed } of cases) {
      const made = mnemonicOf(Buffer.from(entropy, 'hex'), language);
      expect(made.words.reveal().normalize('NFKD')).toBe(mnemonic.normalize('NFKD').replaceAll(/\s/gu, ' '));
      const again = read(mnemonic, language);
      expect(hex((await mnemonicSeed(again, new Secret('TREZOR'))).reveal())).toBe(seed);
    }
  });

  it('are read by four letters a word', () => {
    for (const { mnemonic } of cases) {
      expect(read(abbreviate(mnemonic), language).words.reveal()).toBe(
        read(mnemonic, language).words.reveal(),
      );
    }
  });
});

it.each(mnemonicLanguages)('%s has 2048 words that differ in their first four letters', (language) => {
  const words = wordsOf(language);
  expect(words).toHaveLength(2048);
  expect(new Set(words.map(abbreviate)).size).toBe(2048);
});

it('reads back any mnemonic of any length in any language, in any case and spacing, and finds its language', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...mnemonicLanguages),
      fc.constantFrom(...mnemonicLengths),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (language, words, bytes) => {
        const { words: made } = mnemonicOf(bytes.subarray(0, entropyLength(words)), language);
        const written = ` ${made.reveal().normalize('NFC').toUpperCase().replaceAll(' ', '\n\t ')} `;
        expect(read(written, language).words.reveal()).toBe(made.reveal());
        // The two Chinese lists share words: a few mnemonics are valid, and the same, in both.
        if (!language.startsWith('chinese')) expect(read(written)).toMatchObject({ language });
      },
    ),
    { numRuns: 60 },
  );
});

describe('what is written otherwise', () => {
  it('loses its accents in Latin script', () => {
    const made = mnemonicOf(
      new Uint8Array(Array.from({ length: 32 }, (_, at) => at)),
      'spanish',
    ).words.reveal();
    const plain = made.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '');
    expect(plain).not.toBe(made);
    expect(read(plain, 'spanish').words.reveal()).toBe(made);
  });

  it('has ideographic blanks between Japanese words', () => {
    const made = mnemonicOf(new Uint8Array(16), 'japanese').words.reveal();
    expect(read(made.replaceAll(' ', '\u3000')).words.reveal()).toBe(made);
  });
});

const zeros = `${'abandon '.repeat(11)}about`;

describe('what is no mnemonic', () => {
  it.each([
    ['too short', 'abandon about'],
    ['no length of BIP-39', `${zeros} abandon`],
    ['nothing', ''],
    ['a wrong last word', `${'abandon '.repeat(11)}zoo`],
    ['a word of no list', `${'abandon '.repeat(11)}abouts`],
    ['three letters', `${'aba '.repeat(11)}about`],
    ['two languages', `${'abandon '.repeat(11)}的`],
  ])('%s', (_what, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'EPH-KEYS-MNEMONIC' }));
  });

  it('is told by place and never by word', () => {
    expect(() => read(`${'abandon '.repeat(10)}secretword about`)).toThrow(/word 11 is in no word list/);
    expect(() => read(`${'abandon '.repeat(10)}secretword about`)).not.toThrow(/secretword/);
  });

  it('is refused where several languages give different keys', () => {
    // Entropy under which four letters of each word are words of both languages is rare; it was searched for.
    const [one, other] = ambiguous();
    expect(() => read(one)).toThrow(expect.objectContaining({ code: 'EPH-KEYS-MNEMONIC-LANGUAGE' }));
    expect(read(one, 'english').words.reveal()).not.toBe(read(one, 'french').words.reveal());
    expect(other).toBeGreaterThan(0);
  });
});

/** Abbreviated words that are a valid mnemonic both in English and in French, differently. */
function ambiguous(): readonly [string, number] {
  const french = new Set(wordsOf('french').map(abbreviate));
  const shared = wordsOf('english')
    .map(abbreviate)
    .filter((word) => french.has(word) && word.length === 4);
  for (let first = 0; first < shared.length; first += 1) {
    for (const last of shared) {
      const text = [
        ...Array.from({ length: 11 }, (_, at) => shared[(first + at) % shared.length]),
        last,
      ].join(' ');
      if (['english', 'french'].every((language) => isRead(text, language as MnemonicLanguage)))
        return [text, first + 1];
    }
  }
  throw new Error('no such words');
}

function isRead(text: string, language: MnemonicLanguage): boolean {
  try {
    read(text, language);
    return true;
  } catch {
    return false;
  }
}
