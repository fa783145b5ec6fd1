import type { bellatrix } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import type { ExecutionGenesisBlock } from '../execution/genesis-block.ts';
import { altairFields, byteWeighing } from './altair.ts';
import type { GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { phase0Fields } from './phase0.ts';
import { validatorRegistry } from './validator-registry.ts';

/** Genesis at Bellatrix: merged from the start, execution block 0 is the latest payload. */
export const bellatrixGenesis: GenesisFork = {
  name: 'bellatrix',
  build(context) {
    const registry = validatorRegistry(context);
    const bodyRoot = ssz.bellatrix.BeaconBlockBody.hashTreeRoot(ssz.bellatrix.BeaconBlockBody.defaultValue());
    return genesisState(ssz.bellatrix.BeaconState, {
      ...ssz.bellatrix.BeaconState.defaultValue(),
      ...phase0Fields(context, registry, bodyRoot),
      ...altairFields(context, registry, byteWeighing),
      latestExecutionPayloadHeader: bellatrixPayloadHeader(context.executionBlock),
    });
  },
};

/** Execution block 0 as a payload header; lists are roots in SSZ's sense, not the header's own tries. */
export function bellatrixPayloadHeader(block: ExecutionGenesisBlock): bellatrix.ExecutionPayloadHeader {
  return {
    parentHash: block.parentHash,
    feeRecipient: block.feeRecipient,
    stateRoot: block.stateRoot,
    receiptsRoot: block.receiptsRoot,
    logsBloom: block.logsBloom,
    // The generator leaves it zero whatever genesis.json says.
    prevRandao: new Uint8Array(32),
    blockNumber: 0,
    gasLimit: block.gasLimit,
    gasUsed: 0,
    timestamp: block.timestamp,
    extraData: block.extraData,
    baseFeePerGas: block.baseFeePerGas,
    blockHash: block.hash,
    transactionsRoot: ssz.bellatrix.Transactions.hashTreeRoot([]),
  };
}
