import { keyUseErrors } from './errors.ts';

/** Source: EIP-2333, where a child's index is less than 2^32. One beyond would be taken for another, from 0 on. */
const mostIndex = 2 ** 32 - 1;

/** Refuses keys of a mnemonic whose numbers do not exist. Throws EPH-KEYS-INDEX. */
export function checkIndices(startIndex: number, count: number): void {
  const last = startIndex + count - 1;
  if (last > mostIndex) throw keyUseErrors.create('EPH-KEYS-INDEX', { last, most: mostIndex });
}
