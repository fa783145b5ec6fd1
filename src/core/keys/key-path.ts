/** Steps of a path of EIP-2334 below the master key. */
export type KeySteps = readonly number[];

/** Where all keys of validators hang: purpose 12381, coin 3600. Source: EIP-2334. */
const validators: KeySteps = [12381, 3600];

/** `m/12381/3600/<index>/0`: the key of 0x00 credentials. */
export function withdrawalPath(index: number): KeySteps {
  return [...validators, index, 0];
}

/** `m/12381/3600/<index>/0/0`: the key that a validator signs with. */
export function signingPath(index: number): KeySteps {
  return [...withdrawalPath(index), 0];
}

export function pathText(steps: KeySteps): string {
  return ['m', ...steps].join('/');
}

/** The validator's number in a path of ours; undefined for any other path. */
export function signingIndex(path: string): number | undefined {
  const digits = /^m\/12381\/3600\/(\d{1,10})\/0\/0$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
