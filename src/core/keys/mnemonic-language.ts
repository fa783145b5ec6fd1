/** The languages of BIP-39. */
export const mnemonicLanguages = [
  'english',
  'chinese-simplified',
  'chinese-traditional',
  'czech',
  'french',
  'italian',
  'japanese',
  'korean',
  'portuguese',
  'spanish',
] as const;

export type MnemonicLanguage = (typeof mnemonicLanguages)[number];
