import { identityName, type NetworkIdentity } from '../network/identity.ts';
import { type ChainLayer, chainLayers, type DesiredNode } from './desired.ts';
import { layersOf } from './hosting.ts';
import type { JournalState } from './journal-state.ts';
import type { ChainFolder } from './observed.ts';

/** The name of a client's directory inside a chain folder. */
export function clientFolder(layer: ChainLayer, client: string): string {
  return `${layer}.${client}`;
}

/** Where a layer of a network lives, or will. */
export interface FolderChoice {
  readonly folder: string;
  /** Its client directory is complete. */
  readonly ready: boolean;
}

function suffixOf(folder: ChainFolder): number {
  const suffix = folder.name.slice(identityName(folder.identity).length);
  return suffix === '' ? 1 : Number(suffix.slice(1));
}

function freshName(identity: NetworkIdentity, chains: readonly ChainFolder[]): string {
  const name = identityName(identity);
  const mine = chains.filter((folder) => identityName(folder.identity) === name);
  const last = Math.max(0, ...mine.map(suffixOf));
  return last === 0 ? name : `${name}-${last + 1}`;
}

interface SeenFolders {
  readonly chains: readonly ChainFolder[];
  readonly journal: JournalState;
}

/**
 * The folder of a node's layer on a network. One whose client runs inside another's is where that one is, and a folder
 * that was given up for either of the two is used for neither.
 */
export function folderOf(
  layer: ChainLayer,
  { desired, identity }: { readonly desired: DesiredNode; readonly identity: NetworkIdentity },
  seen: SeenFolders,
): FolderChoice {
  const { client, host } = desired[layer];
  const unit = host ?? layer;
  const together = layersOf(desired, unit);
  const choice = chooseFolder({ layer: unit, client: desired[unit].client, identity, together }, seen);
  if (host === undefined) return choice;
  const folder = seen.chains.find(({ name }) => name === choice.folder);
  const isThere = folder?.clients.includes(clientFolder(layer, client)) === true;
  return { folder: choice.folder, ready: choice.ready && isThere };
}

/**
 * The folder for a client on a network: the newest that holds its complete data and was not given up,
 * else the newest that was not given up, else a new one beside them.
 */
export function chooseFolder(
  want: {
    readonly layer: ChainLayer;
    readonly client: string;
    readonly identity: NetworkIdentity;
    /** Layers that give a folder up together; its own alone when absent. */
    readonly together?: readonly ChainLayer[];
  },
  seen: SeenFolders,
): FolderChoice {
  const name = identityName(want.identity);
  const { together = [want.layer] } = want;
  const condemned = seen.journal.condemned.filter((c) => together.includes(c.layer)).map((c) => c.folder);
  const usable = seen.chains
    .filter((folder) => identityName(folder.identity) === name && !condemned.includes(folder.name))
    .toSorted((a, b) => suffixOf(b) - suffixOf(a));
  const client = clientFolder(want.layer, want.client);
  const ready = usable.find((folder) => folder.clients.includes(client));
  if (ready !== undefined) return { folder: ready.name, ready: true };
  return { folder: usable[0]?.name ?? freshName(want.identity, seen.chains), ready: false };
}

/**
 * Chain folders that may go: never one of the network that the node is on, whatever became of it, and
 * never one that a unit was started on. Of the other networks the `keepOldChains` latest stay.
 */
export function collectibleFolders(
  keepOldChains: number,
  seen: { readonly chains: readonly ChainFolder[]; readonly journal: JournalState },
  current: NetworkIdentity,
): readonly string[] {
  const here = identityName(current);
  const used = chainLayers.flatMap((layer) => [
    seen.journal.runs[layer]?.folder,
    seen.journal.starting[layer]?.folder,
  ]);
  const others = seen.chains
    .filter((folder) => identityName(folder.identity) !== here)
    .toSorted((a, b) => b.identity.iteration - a.identity.iteration);
  const networks = [...new Set(others.map((folder) => identityName(folder.identity)))];
  const kept = networks.slice(0, keepOldChains);
  return others
    .filter((folder) => !kept.includes(identityName(folder.identity)) && !used.includes(folder.name))
    .map((folder) => folder.name);
}
