import { setHasher } from '@chainsafe/persistent-merkle-tree';

let chosen: Promise<void> | undefined;

/**
 * Has the SSZ library hash with native code, several times as fast as its default; with WebAssembly where
 * the native module has no build for the platform (Intel Macs). Once a process, for all users of the library.
 */
export function chooseFastHasher(): Promise<void> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<void> {
  try {
    setHasher((await import('@chainsafe/persistent-merkle-tree/hasher/hashtree')).hasher);
  } catch {
    setHasher((await import('@chainsafe/persistent-merkle-tree/hasher/as-sha256')).hasher);
  }
}
