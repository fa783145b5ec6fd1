import { basename, dirname, join } from 'node:path';

/** In each store: says whose it is. */
export const storeMarkerName = 'store.json';
/** In each store: what earlier ones remembered when it was opened (EIP-3076), or what a person gave. */
export const carriedName = 'carried-over.json';

/** What a node's signer remembers of the network of one of its stores, given where that store is. */
export function signerProtectionBeside(storePath: string): string {
  const network = dirname(storePath);
  return join(network, '..', '..', 'signer-protection', `${basename(network)}.json`);
}
