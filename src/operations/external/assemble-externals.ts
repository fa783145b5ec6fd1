import type { Config, NodeConfig } from '../../config/schema.ts';
import { externalRuntime } from '../../core/external/external-runtime.ts';
import type { FleetParts } from '../fleet/assemble.ts';
import { nodeReleases } from '../fleet/node-releases.ts';
import { ExternalWatch } from './external-watch.ts';

/** A watch for each node of the configuration that somebody else runs. */
export async function assembleExternals(
  config: Config,
  parts: Pick<FleetParts, 'chain' | 'clock' | 'emit' | 'log' | 'network' | 'openLibrary'>,
): Promise<readonly ExternalWatch[]> {
  const nodes = Object.entries(config.nodes).filter(([, { runtime }]) => runtime === externalRuntime);
  return Promise.all(
    nodes.map(async ([name, node]) => {
      const network = await parts.network(node.network);
      const releases = nodeReleases(await parts.openLibrary(network));
      const { clock, emit } = parts;
      const environment = { clock, emit, releases, ...parts.chain, log: parts.log.child({ node: name }) };
      return new ExternalWatch({ name, network: network.definition, ...addresses(node) }, environment);
    }),
  );
}

function addresses({ execution, consensus }: NodeConfig) {
  return {
    execution: { client: execution.client, url: execution.url ?? '' },
    consensus: { client: consensus.client, url: consensus.url ?? '' },
  };
}
