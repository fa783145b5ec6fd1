import { setHasher } from '@chainsafe/persistent-merkle-tree';

/**
 * Hashes states natively where a build of it exists (not on darwin-x64), else with the library's WebAssembly;
 * its default in JavaScript takes a tenth of a slot. Must be called before any state is made: a changed hasher
 * does not change hashes, but saves them from the first.
 */
export async function chooseFastHasher(): Promise<void> {
  try {
    setHasher((await import('@chainsafe/persistent-merkle-tree/hasher/hashtree')).hasher);
  } catch {
    setHasher((await import('@chainsafe/persistent-merkle-tree/hasher/as-sha256')).hasher);
  }
}
