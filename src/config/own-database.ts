import type { ClientConfig, NodeConfig } from './schema.ts';

/** The database that a node runs for its signer; undefined where that has somebody else's, or there is no signer. */
export function ownDatabase({ signer, runtime }: NodeConfig): ClientConfig | undefined {
  if (signer === undefined || runtime !== 'container') return undefined;
  const { url, credentialsFile: _, ...program } = signer.database;
  return url === undefined ? { client: 'postgresql', ports: {}, args: [], env: {}, ...program } : undefined;
}
