import { shownUrl } from '../../base/http-url.ts';
import { readValidatorStates } from '../../chain/http/validator-states.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { keyUseErrors } from './errors.ts';

export interface IndexSource {
  /** Said by the person, for one key. */
  readonly given?: number | undefined;
  /** Beacon APIs, asked in order. */
  readonly urls: readonly string[];
}

export interface FoundIndices {
  readonly indices: ReadonlyMap<PublicKey, number>;
  /** Keys that are no validators in the state. */
  readonly absent: readonly PublicKey[];
  /** Whose state that is; absent when nobody was asked. */
  readonly url?: string;
}

/** Every key's index: as it was given, else of the head state. Throws EPH-KEYS-BEACON, and EPH-KEYS-NO-VALIDATOR when none has one. */
export async function validatorIndices(
  keys: readonly PublicKey[],
  { given, urls }: IndexSource,
): Promise<FoundIndices> {
  const [only] = keys;
  if (given !== undefined && keys.length === 1 && only !== undefined)
    return { indices: new Map([[only, given]]), absent: [] };
  const [asked] = urls;
  const url = asked === undefined ? 'a Beacon API' : shownUrl(asked);
  if (given !== undefined)
    throw keyUseErrors.create('EPH-KEYS-BEACON', {
      url,
      reason: '--index is for one key, and several are meant',
    });
  const states = asked === undefined ? undefined : await readValidatorStates({ url: asked, pubkeys: keys });
  if (states?.known !== true)
    throw keyUseErrors.create('EPH-KEYS-BEACON', {
      url,
      reason: states?.reason ?? 'none is known; give --beacon, or --index',
    });
  const indices = new Map(
    keys.flatMap((key) => {
      const state = states.value.get(key);
      return state === undefined ? [] : [[key, state.index] as const];
    }),
  );
  const absent = keys.filter((key) => !indices.has(key));
  if (absent.length > 0 && indices.size === 0)
    throw keyUseErrors.create('EPH-KEYS-NO-VALIDATOR', { url, keys: keys.length });
  return { indices, absent, url };
}
