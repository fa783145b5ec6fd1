/** Words in a mnemonic. Source: BIP-39. */
export const mnemonicLengths = [12, 15, 18, 21, 24] as const;
export type MnemonicLength = (typeof mnemonicLengths)[number];

/** Entropy that a mnemonic of so many words carries, in bytes. */
export function entropyLength(words: MnemonicLength): number {
  return (words / 3) * 4;
}
