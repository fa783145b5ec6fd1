import type { phase0 } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import type { ForkName } from '../../core/network/forks.ts';
import { forkNames } from '../../core/network/forks.ts';
import type { GenesisContext, GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import type { ValidatorRegistry } from './validator-registry.ts';
import { validatorRegistry } from './validator-registry.ts';

/** Of the mainnet preset. */
const epochsPerHistoricalVector = 65_536;

/** Genesis at phase0, as ethpandaops/eth-beacon-genesis makes it: no deposits, all validators as given. */
export const phase0Genesis: GenesisFork = {
  name: 'phase0',
  build(context) {
    const bodyRoot = ssz.phase0.BeaconBlockBody.hashTreeRoot(ssz.phase0.BeaconBlockBody.defaultValue());
    const value = {
      ...ssz.phase0.BeaconState.defaultValue(),
      ...phase0Fields(context, validatorRegistry(context), bodyRoot),
    };
    return genesisState(ssz.phase0.BeaconState, value);
  },
};

type Phase0Fields = Pick<
  phase0.BeaconState,
  | 'genesisTime'
  | 'genesisValidatorsRoot'
  | 'fork'
  | 'latestBlockHeader'
  | 'eth1Data'
  | 'validators'
  | 'balances'
  | 'randaoMixes'
>;

/**
 * The fields that states of every fork share. `bodyRoot` is the root of the fork's empty block body: each
 * fork's genesis block is its own.
 */
export function phase0Fields(
  context: GenesisContext,
  registry: ValidatorRegistry,
  bodyRoot: Uint8Array,
): Phase0Fields {
  const { config, executionBlock } = context;
  return {
    genesisTime: config.genesisTimeSeconds,
    genesisValidatorsRoot: ssz.phase0.Validators.hashTreeRoot(registry.validators),
    fork: forkOf(context),
    latestBlockHeader: { ...ssz.phase0.BeaconBlockHeader.defaultValue(), bodyRoot },
    eth1Data: { depositRoot: emptyDepositRoot(), depositCount: 0n, blockHash: executionBlock.hash },
    validators: registry.validators,
    balances: registry.balances,
    randaoMixes: new Array<Uint8Array>(epochsPerHistoricalVector).fill(executionBlock.hash),
  };
}

function forkOf({ config }: GenesisContext): phase0.Fork {
  const previous = forkNames[Math.max(0, forkNames.indexOf(config.genesisFork) - 1)] ?? 'phase0';
  const version = (fork: ForkName) => config.forkVersions.get(fork) ?? new Uint8Array(4);
  return { previousVersion: version(previous), currentVersion: version(config.genesisFork), epoch: 0 };
}

/** The root of a deposit tree without deposits. */
function emptyDepositRoot(): Uint8Array {
  return ssz.phase0.DepositDataRootList.hashTreeRoot([]);
}
