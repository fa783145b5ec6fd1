import type { ForkName } from './forks.ts';
import type { NetworkIdentity } from './identity.ts';

/**
 * A release once verified and unpacked: what the rest of the system knows of one iteration.
 * `directory` has the published layout of `network-config.tar.gz` (metadata/, parsed/, retention.vars),
 * whichever archive it came from, and is read-only.
 */
export interface ReleaseBundle {
  readonly tag: string;
  readonly identity: NetworkIdentity;
  /** T of this iteration, seconds: the execution genesis timestamp. */
  readonly startSeconds: number;
  readonly periodSeconds: number;
  readonly genesisDelaySeconds: number;
  /** The highest fork with a scheduled epoch: what a client must reach. */
  readonly highestFork: ForkName;
  readonly enodes: readonly string[];
  readonly bootstrapEnrs: readonly string[];
  readonly depositContractAddress: string;
  readonly directory: string;
  /** Hex SHA-256 of the archive it came from; absent when it came from a folder. */
  readonly archiveSha256?: string;
}

/** Paths of the files in a bundle, relative to its directory. */
export const bundleFiles = {
  executionGenesis: 'metadata/genesis.json',
  consensusConfig: 'metadata/config.yaml',
  consensusGenesis: 'metadata/genesis.ssz',
  validatorsRoot: 'metadata/genesis_validators_root.txt',
  nodeVariables: 'metadata/nodevars_env.txt',
  enodes: 'metadata/enodes.txt',
  bootstrapNodes: 'metadata/bootstrap_nodes.txt',
  bootstrapNodesYaml: 'metadata/bootstrap_nodes.yaml',
  depositContract: 'metadata/deposit_contract.txt',
  depositContractBlock: 'metadata/deposit_contract_block.txt',
  depositContractBlockHash: 'metadata/deposit_contract_block_hash.txt',
  besuGenesis: 'metadata/besu.json',
  nethermindChainspec: 'metadata/chainspec.json',
  validatorNames: 'parsed/validator-names.yaml',
  retention: 'retention.vars',
} as const;
