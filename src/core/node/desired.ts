import type { Layer } from '../clients/client.ts';
import type { StopPolicy } from '../clients/units.ts';
import type { NetworkDefinition } from '../network/definition.ts';
import type { ForkName } from '../network/forks.ts';

/** The parts of a node that hold a chain; each can be on another network than its fellow. */
export const chainLayers = ['execution', 'consensus'] as const satisfies readonly Layer[];
export type ChainLayer = (typeof chainLayers)[number];

/** The parts of a node in the order in which they start; they stop in the opposite one. */
export const nodeLayers = [...chainLayers, 'validator'] as const satisfies readonly Layer[];
export type NodeLayer = (typeof nodeLayers)[number];

/**
 * The programs of a node: a signer starts and ends with the validator client that it signs for, and a database of
 * ours before and after the signer.
 */
export const unitLayers = [
  'execution',
  'consensus',
  'database',
  'signer',
  'validator',
] as const satisfies readonly Layer[];
export type UnitLayer = (typeof unitLayers)[number];

/** A client as the configuration asks for it. */
export interface DesiredClient {
  readonly client: string;
  readonly version: string;
  /** Changes when anything changes that needs a restart to take effect: version, arguments, environment, ports. */
  readonly fingerprint: string;
  /** The highest fork of this version. */
  readonly reaches: ForkName;
  readonly stop: StopPolicy;
  /** Its program is not on this host yet: what runs in its place is left as it is meanwhile. */
  readonly missing?: true;
  /** The layer whose unit it runs in, when it has none of its own; with the other it is started, stopped and given up. */
  readonly host?: ChainLayer;
}

export interface DesiredValidator extends DesiredClient {
  readonly keySets: readonly string[];
  /** The signer of our own that holds its keys. */
  readonly signer?: Pick<DesiredClient, 'client' | 'fingerprint' | 'stop'>;
  /** Clients with a keymanager API: a hash over what their keys are told there. Needs no restart to take effect. */
  readonly keySettings?: string;
  /** That API does not answer before the genesis. */
  readonly answersFromGenesis?: true;
}

/** What one node is to be. Where it is to be follows from the clock and the network's schedule. */
export interface DesiredNode {
  readonly name: string;
  readonly intent: 'up' | 'down';
  /** Asked for by hand: new directories for the network that it is on already. */
  readonly force: boolean;
  readonly network: NetworkDefinition;
  readonly execution: DesiredClient;
  readonly consensus: DesiredClient;
  readonly validator?: DesiredValidator;
  /** How many earlier networks' chain data stay on the disk once a new one is live. */
  readonly keepOldChains: number;
  /** A reset does not begin with less room than this. */
  readonly minimumFreeBytes: number;
}
