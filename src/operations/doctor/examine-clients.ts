import { isEphemeryError } from '../../base/errors.ts';
import { clientsBehind } from '../../core/clients/catalogue.ts';
import { firstVersionFor, tellsNumber } from '../../core/clients/fork-support.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import type { ForkName } from '../../core/network/forks.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { nodeLayers } from '../../core/node/desired.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { defined } from '../node/defined.ts';
import { unitLayerOf } from '../node/node-setup.ts';

/** Programs that cannot be started, and versions that do not, or may not, reach the fork of a release at hand. */
export async function examineClients(nodes: readonly AssembledNode[]): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    nodes.map(async (node) => [...(await programs(node)), ...(await forks(node))]),
  );
  return findings.flat();
}

function clientsOf({ setup }: AssembledNode) {
  return nodeLayers.flatMap((layer) => {
    const client = setup[layer];
    return client === undefined ? [] : [{ layer, client }];
  });
}

async function programs(node: AssembledNode): Promise<readonly Finding[]> {
  const { setup, environment } = node;
  const findings: Finding[] = [];
  for (const { layer, client } of clientsOf(node)) {
    // What `up` has yet to install is not missing. One program of two clients is looked for once.
    if (client.program.absent !== undefined || unitLayerOf(setup, layer) !== layer) continue;
    try {
      await environment.runtime.lookFor(client.program);
    } catch (thrown) {
      if (!isEphemeryError(thrown)) throw thrown;
      const { code, message, remedy } = thrown;
      const facts = { client: client.definition.displayName, code, message, remedy };
      findings.push(hostFindings.create('EPH-HOST-PROGRAM', facts, { node: setup.name, layer }));
    }
  }
  return findings;
}

async function forks(node: AssembledNode): Promise<readonly Finding[]> {
  const { setup, environment } = node;
  const current = iterationAt(setup.network, environment.clock.nowMs());
  const chosen = clientsOf(node).map(({ client }) => client);
  const held = await Promise.all(
    [current, current + 1].map((iteration) => environment.releases.held(iteration)),
  );
  const bundles = held.flat();
  const behind = bundles.flatMap((bundle) =>
    clientsBehind(chosen, bundle).map(({ message, remedy }) =>
      hostFindings.create('EPH-HOST-CLIENT-BEHIND', { message, remedy }, { node: setup.name }),
    ),
  );
  const last = bundles.at(-1);
  return [...behind, ...(last === undefined ? [] : unknownForks(node, last.highestFork))];
}

/** What moves under one name: nobody can say whether it knows the fork. */
function unknownForks(node: AssembledNode, fork: ForkName): readonly Finding[] {
  return clientsOf(node)
    .filter(({ client }) => !tellsNumber(client.version) && client.definition.forks.length > 0)
    .map(({ layer, client: { definition, version } }) => {
      const since = firstVersionFor(definition, fork);
      const facts = { client: definition.displayName, version, fork, ...defined({ since }) };
      return hostFindings.create('EPH-HOST-FORK-UNKNOWN', facts, { node: node.setup.name, layer });
    });
}
