import { isLoopbackUrl } from '../../base/loopback.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { Services } from '../services.ts';

/** Holds the clock against the hosts that the nodes' releases come from. A local network's are this host's own. */
export async function examineClock(
  services: Services,
  nodes: readonly AssembledNode[],
): Promise<readonly Finding[]> {
  const urls = nodes
    .flatMap(({ setup }) => setup.network.releaseSources)
    .flatMap((source) => (source.kind === 'directory' ? [] : [source.url]))
    .filter((url) => !isLoopbackUrl(url));
  return urls.length === 0 ? [] : services.clockFindings([...new Set(urls)]);
}
