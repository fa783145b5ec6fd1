import type { Type } from '@chainsafe/ssz';
import type { ForkName } from '../../core/network/forks.ts';
import type { GenesisValidator } from '../../core/network/validators-file.ts';
import type { ConsensusConfig } from '../consensus-config.ts';
import type { ExecutionGenesisBlock } from '../execution/genesis-block.ts';
import type { GenesisStateValue, StateFieldTypes } from './state-json.ts';
import { stateJson } from './state-json.ts';

/** What a genesis state is made of. */
export interface GenesisContext {
  readonly config: ConsensusConfig;
  /** In the order of their indices. */
  readonly validators: readonly GenesisValidator[];
  readonly executionBlock: ExecutionGenesisBlock;
}

/** A state whose type depends on its fork, seen from outside. */
export interface GenesisState {
  readonly validatorsRoot: Uint8Array;
  serialize(): Uint8Array;
  hashTreeRoot(): Uint8Array;
  /** JSON in the form of the Beacon API: snake case, numbers as decimal strings, bytes as hex. */
  toJson(): string;
}

/** A fork from which a network can start. A further one is a further file and a line in the registry. */
export interface GenesisFork {
  readonly name: ForkName;
  build(context: GenesisContext): GenesisState;
}

/** Ties a state's value to its type. */
export function genesisState<T extends GenesisStateValue>(
  type: Type<T> & StateFieldTypes,
  value: T,
): GenesisState {
  return {
    validatorsRoot: value.genesisValidatorsRoot,
    serialize: () => type.serialize(value),
    hashTreeRoot: () => type.hashTreeRoot(value),
    toJson: () => stateJson(type, value),
  };
}
