import type { deneb } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import type { ExecutionGenesisBlock } from '../execution/genesis-block.ts';
import { altairFields, byteWeighing } from './altair.ts';
import { capellaPayloadHeader } from './capella.ts';
import type { GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { phase0Fields } from './phase0.ts';
import { validatorRegistry } from './validator-registry.ts';

/** Genesis at Deneb: blobs. */
export const denebGenesis: GenesisFork = {
  name: 'deneb',
  build(context) {
    const registry = validatorRegistry(context);
    const bodyRoot = ssz.deneb.BeaconBlockBody.hashTreeRoot(ssz.deneb.BeaconBlockBody.defaultValue());
    return genesisState(ssz.deneb.BeaconState, {
      ...ssz.deneb.BeaconState.defaultValue(),
      ...phase0Fields(context, registry, bodyRoot),
      ...altairFields(context, registry, byteWeighing),
      latestExecutionPayloadHeader: denebPayloadHeader(context.executionBlock),
    });
  },
};

export function denebPayloadHeader(block: ExecutionGenesisBlock): deneb.ExecutionPayloadHeader {
  return { ...capellaPayloadHeader(block), blobGasUsed: 0n, excessBlobGas: 0n };
}
