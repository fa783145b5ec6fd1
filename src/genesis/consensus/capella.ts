import type { capella } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import type { ExecutionGenesisBlock } from '../execution/genesis-block.ts';
import { altairFields, byteWeighing } from './altair.ts';
import { bellatrixPayloadHeader } from './bellatrix.ts';
import type { GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { phase0Fields } from './phase0.ts';
import { validatorRegistry } from './validator-registry.ts';

/** Genesis at Capella: withdrawals. */
export const capellaGenesis: GenesisFork = {
  name: 'capella',
  build(context) {
    const registry = validatorRegistry(context);
    const bodyRoot = ssz.capella.BeaconBlockBody.hashTreeRoot(ssz.capella.BeaconBlockBody.defaultValue());
    return genesisState(ssz.capella.BeaconState, {
      ...ssz.capella.BeaconState.defaultValue(),
      ...phase0Fields(context, registry, bodyRoot),
      ...altairFields(context, registry, byteWeighing),
      latestExecutionPayloadHeader: capellaPayloadHeader(context.executionBlock),
    });
  },
};

export function capellaPayloadHeader(block: ExecutionGenesisBlock): capella.ExecutionPayloadHeader {
  return { ...bellatrixPayloadHeader(block), withdrawalsRoot: ssz.capella.Withdrawals.hashTreeRoot([]) };
}
