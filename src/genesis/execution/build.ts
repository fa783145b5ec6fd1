import type { InputFile } from '../inputs.ts';
import type { NetworkValues } from '../values.ts';
import { genesisAllocations } from './allocations.ts';
import { executionChainConfig } from './chain-config.ts';
import type { ExecutionGenesis } from './genesis-json.ts';
import { readPremine } from './premine.ts';

const zeroHash = `0x${'0'.repeat(64)}`;
const zeroAddress = `0x${'0'.repeat(40)}`;
/** Any would do; this is the one of the public generator, and it is part of the block hash. */
const nonce = '0x1234';

/** Makes genesis.json of the values and el-config.yaml. Throws EPH-GENESIS-PREMINE, -CONFIG, -VALUE, -VARIABLE-UNKNOWN. */
export async function buildExecutionGenesis(
  template: InputFile,
  values: NetworkValues,
  depositContractAddress: string,
): Promise<ExecutionGenesis> {
  const premine = await readPremine(template, values, depositContractAddress);
  const hex = (variable: string) => `0x${values.integer(variable).toString(16)}`;
  return {
    config: executionChainConfig(values, depositContractAddress),
    alloc: genesisAllocations(values, depositContractAddress, premine),
    coinbase: zeroAddress,
    difficulty: hex('GENESIS_DIFFICULTY'),
    extraData: '',
    gasLimit: hex('GENESIS_GASLIMIT'),
    nonce,
    mixhash: zeroHash,
    parentHash: zeroHash,
    timestamp: String(values.integer('GENESIS_TIMESTAMP')),
  };
}
