import type { NodeConfig } from '../../config/schema.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';

/** Whom a node may ask for a checkpoint: the user's own first, then those of the network. None when it is off. */
export function checkpointUrls(
  checkpoint: NodeConfig['checkpoint'],
  { checkpointProviders }: Pick<NetworkDefinition, 'checkpointProviders'>,
): readonly string[] {
  const { off = false, providers = [] } = checkpoint ?? {};
  const urls = [...providers, ...checkpointProviders].map((url) => url.replace(/\/+$/, ''));
  return off ? [] : [...new Set(urls)];
}
