import type { RuntimeAddresses } from '../../runtimes/runtime.ts';
import { type NodeSetup, needsHostNetwork } from '../node/node-setup.ts';
import { fleetErrors } from './errors.ts';

/**
 * Programs that share this host's network listen on its loopback: there the engine publishes nothing, and a wish to have
 * a port on every address would be dropped without a word. Throws EPH-FLEET-PUBLISH-LOCAL.
 */
export function refusePublished(setup: NodeSetup, addresses: RuntimeAddresses): void {
  if (!needsHostNetwork(setup, addresses)) return;
  for (const layer of ['execution', 'consensus', 'validator', 'signer'] as const) {
    const [port] = setup[layer]?.publish ?? [];
    if (port !== undefined)
      throw fleetErrors.create('EPH-FLEET-PUBLISH-LOCAL', {
        node: setup.name,
        setting: `${layer}.publish`,
        port,
      });
  }
}
