import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { genesisIndices } from '../../core/keys/genesis-inclusion.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { readGenesisState } from '../../core/network/genesis-state.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';

/** Indices by key in the genesis of an iteration; unknown while its release is not held, which says nothing of the keys. */
export async function genesisPlaces(
  library: ReleaseLibrary,
  iteration: number,
  keys: ReadonlySet<PublicKey>,
): Promise<Answer<ReadonlyMap<PublicKey, number>>> {
  const [held] = await library.held(iteration);
  if (held === undefined) return unknown(`the release of iteration ${iteration} is not held`);
  return bundlePlaces(held.bundle.directory, keys);
}

/** The same, in the folder of a verified bundle. */
export async function bundlePlaces(
  directory: string,
  keys: ReadonlySet<PublicKey>,
): Promise<Answer<ReadonlyMap<PublicKey, number>>> {
  const state = readGenesisState(await readFile(join(directory, bundleFiles.consensusGenesis)));
  return typeof state === 'string'
    ? unknown(`its genesis cannot be read: ${state}`)
    : known(genesisIndices(state, keys));
}

/** Yes with its index, no, or that nobody knows: a release that is not held says nothing of a key. */
export type Inclusion =
  | { readonly included: true; readonly index: number }
  | { readonly included: false }
  | { readonly included: 'unknown' };

export function inclusion(places: Answer<ReadonlyMap<PublicKey, number>>, key: PublicKey): Inclusion {
  if (!places.known) return { included: 'unknown' };
  const index = places.value.get(key);
  return index === undefined ? { included: false } : { included: true, index };
}
