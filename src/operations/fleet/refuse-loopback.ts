import { isLoopbackUrl } from '../../base/loopback.ts';
import type { NodeConfig } from '../../config/schema.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import type { RuntimeAddresses } from '../../runtimes/runtime.ts';
import { checkpointUrls } from '../checkpoint/provider-urls.ts';
import { type NodeSetup, needsHostNetwork } from '../node/node-setup.ts';
import { fleetErrors } from './errors.ts';

/** A node, and what its programs are told of services beside them. */
export interface LoopbackFacts {
  readonly setup: NodeSetup;
  readonly node: Pick<NodeConfig, 'checkpoint'>;
  readonly definition: Pick<NetworkDefinition, 'checkpointProviders'>;
}

/**
 * In a network of their own programs cannot reach this host's loopback: a builder, a signer or a checkpoint provider
 * there would be looked for in the program's own container, and nobody would say so. A signer's database is refused
 * with the configuration already. Throws EPH-FLEET-LOOPBACK-URL.
 */
export function refuseLoopback(
  { setup, node, definition }: LoopbackFacts,
  addresses: RuntimeAddresses,
): void {
  if (addresses.host !== undefined || needsHostNetwork(setup, addresses)) return;
  const told: readonly (readonly [setting: string, url: string | undefined])[] = [
    ['consensus.builderUrl', setup.consensus.builderUrl],
    ['validator.signerUrl', setup.validator?.signerUrl],
    ...checkpointUrls(node.checkpoint, definition).map((url) => ['checkpoint.providers', url] as const),
  ];
  for (const [setting, url] of told) {
    if (url === undefined || !isLoopbackUrl(url)) continue;
    throw fleetErrors.create('EPH-FLEET-LOOPBACK-URL', {
      node: setup.name,
      setting,
      host: new URL(url).hostname,
    });
  }
}
