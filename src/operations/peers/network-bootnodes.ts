import { createNodeProbe } from '../../chain/discovery/probe.ts';
import type { NodeProbe } from '../../chain/node-probe.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { commonHost } from '../../core/peers/address-kind.ts';
import { networkUseErrors } from '../network/errors.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from '../network/known-network.ts';
import { type BootnodeReport, bootnodeFindings, probeBootnodes, seenAddresses } from './probe-bootnodes.ts';

export interface BootnodesReport {
  readonly network: string;
  readonly iteration: number;
  readonly bootnodes: readonly BootnodeReport[];
  /** Our own address as most of those who answered see it. */
  readonly seenAs?: string;
  readonly findings: readonly Finding[];
}

/**
 * Calls the bootnodes of a network's current release, as it lies on the disk. Throws EPH-NETWORK-NO-RELEASE and as
 * `knownNetwork`.
 */
export async function callBootnodes(
  services: NetworkServices,
  wish: NetworkWish,
  probe: NodeProbe = createNodeProbe({ clock: services.clock }),
): Promise<BootnodesReport> {
  const { definition } = await knownNetwork(services, wish);
  const wanted = iterationAt(definition, services.clock.nowMs());
  const library = await services.openLibrary(definition);
  try {
    const [held] = await library.held(wanted);
    if (held === undefined) {
      throw networkUseErrors.create('EPH-NETWORK-NO-RELEASE', {
        network: definition.name,
        iteration: wanted,
      });
    }
    const bootnodes = await probeBootnodes(held.bundle, probe);
    const seenAs = commonHost(seenAddresses(bootnodes));
    return {
      network: definition.name,
      iteration: wanted,
      bootnodes,
      ...(seenAs === undefined ? {} : { seenAs }),
      findings: bootnodeFindings(definition.name, bootnodes),
    };
  } finally {
    await library.close();
  }
}
