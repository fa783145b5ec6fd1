import type { ClientDefinition } from '../../core/clients/client.ts';
import type { ChainLayer } from '../../core/node/desired.ts';
import { publicPortWords } from '../../core/peers/port-words.ts';
import type { SyncReader } from '../../core/sync/sync-stage.ts';
import type { ExternalWatch } from '../external/external-watch.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { FindingShelf } from '../node/finding-shelf.ts';
import { beaconUrl, executionUrl, hostedIn } from '../node/node-setup.ts';
import type { OpenedFleet } from '../services.ts';

/** A node whose sync and peers are watched, ours or somebody else's. */
export interface WatchedNode {
  readonly name: string;
  readonly network: string;
  readonly executionUrl: string;
  readonly beaconUrl: string;
  readonly clients: Readonly<Record<ChainLayer, string>>;
  /** The execution client's own. */
  readonly syncReader?: SyncReader | undefined;
  /** Ports that peers must reach, in words; none for a client that has no peers. */
  readonly ports: Readonly<Partial<Record<ChainLayer, string>>>;
  /** Where findings go to be told; absent for nodes that are not ours. */
  readonly shelf?: FindingShelf;
  /** The checkpoint provider with which the consensus client of now began. */
  readonly beganAt?: () => string | undefined;
  /** Both layers are one program. */
  readonly isOneProgram?: true;
}

/** Every node of a root that can be asked. */
export function watchedNodes(
  opened: OpenedFleet | undefined,
  { clients }: { readonly clients: readonly ClientDefinition[] },
): readonly WatchedNode[] {
  if (opened === undefined) return [];
  const readerOf = (execution: string) =>
    clients.find(({ layer, id }) => layer === 'execution' && id === execution)?.syncReader;
  return [...opened.nodes.map((node) => ours(node, opened)), ...opened.externals.map(external)].map(
    (node) => ({ ...node, syncReader: readerOf(node.clients.execution) }),
  );
}

function ours({ setup, environment }: AssembledNode, opened: OpenedFleet): WatchedNode {
  // A simulated network has no peers: its followers ask its producer.
  const hasPeers = setup.consensus.followUrl === undefined;
  const execution = publicPortWords(setup.execution.definition.ports, setup.execution.ports);
  const consensus = publicPortWords(setup.consensus.definition.ports, setup.consensus.ports);
  return {
    name: setup.name,
    network: setup.network.name,
    executionUrl: executionUrl(setup),
    beaconUrl: beaconUrl(setup),
    clients: { execution: setup.execution.definition.id, consensus: setup.consensus.definition.id },
    ports: {
      ...(hasPeers && execution !== '' ? { execution } : {}),
      ...(hasPeers && consensus !== '' ? { consensus } : {}),
    },
    ...(hostedIn(setup, 'execution') === undefined ? {} : { isOneProgram: true }),
    ...(environment.watched === undefined ? {} : { shelf: environment.watched }),
    beganAt: () => opened.fleet.nodes.get(setup.name)?.journalState.checkpoint?.provider,
  };
}

function external({ node }: ExternalWatch): WatchedNode {
  return {
    name: node.name,
    network: node.network.name,
    executionUrl: node.execution.url,
    beaconUrl: node.consensus.url,
    clients: { execution: node.execution.client, consensus: node.consensus.client },
    ports: { execution: 'its public port', consensus: 'its public port' },
  };
}
