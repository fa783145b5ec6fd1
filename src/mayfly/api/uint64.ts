const max = 2n ** 64n - 1n;

/** Whether this is a Uint64 of the Beacon API: decimal digits, no more than 64 bits. Those over 2^53 name nothing here. */
export function isUint64(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) <= max;
}
