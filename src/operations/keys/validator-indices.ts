import { readValidatorStates } from '../../chain/http/validator-states.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { keyUseErrors } from './errors.ts';

export interface IndexSource {
  /** Said by the person, for one key. */
  readonly given?: number | undefined;
  /** Beacon APIs, asked in order. */
  readonly urls: readonly string[];
}

/** Every key's index: as it was given, else of the head state. Throws EPH-KEYS-BEACON. */
export async function validatorIndices(
  keys: readonly PublicKey[],
  { given, urls }: IndexSource,
): Promise<ReadonlyMap<PublicKey, number>> {
  const [only] = keys;
  if (given !== undefined && keys.length === 1 && only !== undefined) return new Map([[only, given]]);
  const [url = 'a Beacon API'] = urls;
  if (given !== undefined)
    throw keyUseErrors.create('EPH-KEYS-BEACON', {
      url,
      reason: '--index is for one key, and several are meant',
    });
  const states = urls[0] === undefined ? undefined : await readValidatorStates({ url, pubkeys: keys });
  if (states?.known !== true)
    throw keyUseErrors.create('EPH-KEYS-BEACON', {
      url,
      reason: states?.reason ?? 'none is known; give --beacon, or --index',
    });
  const missing = keys.find((key) => !states.value.has(key));
  if (missing !== undefined)
    throw keyUseErrors.create('EPH-KEYS-BEACON', {
      url,
      reason: `the validator ${missing} is not in its state`,
    });
  return new Map(keys.map((key) => [key, states.value.get(key)?.index ?? 0]));
}
