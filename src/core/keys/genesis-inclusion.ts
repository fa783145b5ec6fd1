import { type GenesisState, validatorByteLength } from '../network/genesis-state.ts';
import type { PublicKey } from './public-key.ts';
import { publicKeyOf } from './public-key.ts';

/** The index of each of these keys in a genesis state; those that are not in it are left out. */
export function genesisIndices(
  { validators }: Pick<GenesisState, 'validators'>,
  wanted: ReadonlySet<PublicKey>,
): ReadonlyMap<PublicKey, number> {
  const found = new Map<PublicKey, number>();
  for (let index = 0; (index + 1) * validatorByteLength <= validators.length; index += 1) {
    // A validator begins with its public key: consensus-specs, phase0, "Validator".
    const at = index * validatorByteLength;
    const key = publicKeyOf(validators.subarray(at, at + 48));
    if (wanted.has(key)) found.set(key, index);
  }
  return found;
}
