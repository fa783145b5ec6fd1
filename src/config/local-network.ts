import type { NetworkConfig } from './schema.ts';

/** True when the network of this name is a local one of this root's own. */
export function isLocalNetwork(name: string, networks: Readonly<Record<string, NetworkConfig>>): boolean {
  return networks[name]?.devnet !== undefined || (name === 'devnet' && networks[name] === undefined);
}
