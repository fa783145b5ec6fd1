import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ssz } from '@lodestar/types';
import { fromHex } from '@lodestar/utils';
import { rpc, startEthereumJs } from './ethereumjs.ts';
import { type TinyGenesisOptions, tinyGenesis } from './tiny-genesis.ts';

const chainId = 39_438_999;

export interface TinyBundle {
  readonly directory: string;
  readonly executionGenesisPath: string;
}

/** A bundle for EthereumJS and Mayfly: execution genesis at Prague, consensus genesis on its block 0. */
export async function writeTinyBundle(
  directory: string,
  options: Omit<TinyGenesisOptions, 'executionHeader'>,
): Promise<TinyBundle> {
  const metadata = join(directory, 'metadata');
  await mkdir(metadata, { recursive: true });
  const executionGenesisPath = join(metadata, 'genesis.json');
  await writeFile(executionGenesisPath, JSON.stringify(executionGenesis(options.genesisTimeSeconds)));
  const header = await readBlockZero(join(directory, 'block-zero'), executionGenesisPath);
  const { configYaml, genesisSsz } = tinyGenesis({ ...options, executionHeader: header });
  await writeFile(join(metadata, 'config.yaml'), configYaml);
  await writeFile(join(metadata, 'genesis.ssz'), genesisSsz);
  return { directory, executionGenesisPath };
}

function executionGenesis(timestampSeconds: number) {
  return {
    config: {
      chainId,
      homesteadBlock: 0,
      eip150Block: 0,
      eip155Block: 0,
      eip158Block: 0,
      byzantiumBlock: 0,
      constantinopleBlock: 0,
      petersburgBlock: 0,
      istanbulBlock: 0,
      berlinBlock: 0,
      londonBlock: 0,
      mergeNetsplitBlock: 0,
      terminalTotalDifficulty: 0,
      shanghaiTime: 0,
      cancunTime: 0,
      pragueTime: 0,
      blobSchedule: {
        cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3338477 },
        prague: { target: 6, max: 9, baseFeeUpdateFraction: 5007716 },
      },
    },
    nonce: '0x0',
    timestamp: `0x${timestampSeconds.toString(16)}`,
    extraData: '0x',
    gasLimit: '0x1c9c380',
    difficulty: '0x0',
    mixHash: `0x${'00'.repeat(32)}`,
    coinbase: `0x${'00'.repeat(20)}`,
    baseFeePerGas: '0x3b9aca00',
    alloc: { '0x8943545177806ed17b9f23f0a21ee5948ecaa776': { balance: '0x3635c9adc5dea00000' } },
  };
}

/** The client itself says what its block 0 is. */
async function readBlockZero(directory: string, genesisPath: string) {
  const client = await startEthereumJs(directory, genesisPath);
  try {
    const block = (await rpc(client.rpcUrl, 'eth_getBlockByNumber', ['0x0', false])) as Record<
      string,
      string
    >;
    return toHeader(block);
  } finally {
    await client.kill();
    await rm(directory, { recursive: true, force: true });
  }
}

function toHeader(block: Record<string, string>) {
  const bytes = (key: string) => fromHex(block[key] ?? '0x');
  const { Transactions } = ssz.bellatrix;
  const { Withdrawals } = ssz.capella;
  return {
    blockHash: bytes('hash'),
    stateRoot: bytes('stateRoot'),
    receiptsRoot: bytes('receiptsRoot'),
    logsBloom: bytes('logsBloom'),
    prevRandao: bytes('mixHash'),
    gasLimit: Number(block.gasLimit),
    timestamp: Number(block.timestamp),
    extraData: bytes('extraData'),
    baseFeePerGas: BigInt(block.baseFeePerGas ?? 0),
    transactionsRoot: Transactions.hashTreeRoot([]),
    withdrawalsRoot: Withdrawals.hashTreeRoot([]),
  };
}
