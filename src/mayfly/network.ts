import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BeaconConfig,
  chainConfigFromJson,
  createBeaconConfig,
  createChainForkConfig,
} from '@lodestar/config';
import { type ForkName, isForkPostElectra, isForkPostGloas } from '@lodestar/params';
import {
  type BeaconStateAllForks,
  createCachedBeaconState,
  createPubkeyCache,
} from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { parse } from 'yaml';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import { bundleFiles } from '../core/network/bundle.ts';
import { mayflyErrors } from './errors.ts';
import { chooseFastHasher } from './fast-hasher.ts';
import { refusePublicNetwork } from './local-only.ts';
import { asChainState, type BlockSummary, type ChainState, type RootHex } from './types.ts';

/** The network that is simulated, as its files say. */
export interface Network {
  readonly config: BeaconConfig;
  readonly genesisState: ChainState;
  readonly genesisBlock: BlockSummary;
  readonly genesisTimeSeconds: number;
  readonly genesisValidatorsRoot: RootHex;
  readonly slotMs: number;
}

/** Reads a network from a bundle's folder. @throws EPH-MAYFLY-BUNDLE, EPH-MAYFLY-FORK, EPH-MAYFLY-PUBLIC-NETWORK */
export async function openNetwork(bundleDirectory: string): Promise<Network> {
  const [configText, genesis] = await Promise.all([
    readBundleFile(bundleDirectory, bundleFiles.consensusConfig),
    readBundleFile(bundleDirectory, bundleFiles.consensusGenesis),
  ]);
  const network = await createNetwork(configText.toString('utf8'), genesis).catch((cause: unknown) => {
    throw isEphemeryError(cause) ? cause : unreadable(bundleDirectory, cause);
  });
  const { config, genesisTimeSeconds } = network;
  refusePublicNetwork({ chainId: Number(config.DEPOSIT_CHAIN_ID), genesisTimeSeconds });
  return network;
}

/** The same from the contents of config.yaml and genesis.ssz. */
export async function createNetwork(configYaml: string, genesis: Uint8Array): Promise<Network> {
  await chooseFastHasher();
  // Strings only: a YAML reader turns 0x10000038 into a number and drops its leading zeros.
  const raw: unknown = parse(configYaml, { schema: 'failsafe' });
  if (typeof raw !== 'object' || raw === null) throw unreadable('config.yaml', 'it holds no settings');
  const chainConfig = createChainForkConfig(chainConfigFromJson(raw as Record<string, unknown>));
  const fork = chainConfig.getForkName(0);
  if (!isForkPostElectra(fork) || isForkPostGloas(fork))
    throw mayflyErrors.create('EPH-MAYFLY-FORK', { fork });
  const view = chainConfig.getForkTypes<ForkName.electra>(0).BeaconState.deserializeToViewDU(genesis);
  const config = createBeaconConfig(chainConfig, view.genesisValidatorsRoot);
  const state = createCachedBeaconState(view as unknown as BeaconStateAllForks, {
    config,
    pubkeyCache: createPubkeyCache(),
  });
  return describe(config, asChainState(state));
}

function describe(config: BeaconConfig, genesisState: ChainState): Network {
  const stateRoot = genesisState.hashTreeRoot();
  const header = { ...genesisState.latestBlockHeader.toValue(), stateRoot };
  return {
    config,
    genesisState,
    genesisBlock: {
      root: toRootHex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(header)),
      slot: 0,
      parentRoot: toRootHex(header.parentRoot),
      stateRoot: toRootHex(stateRoot),
      proposerIndex: 0,
      executionHash: toRootHex(genesisState.latestExecutionPayloadHeader.blockHash),
    },
    genesisTimeSeconds: genesisState.genesisTime,
    genesisValidatorsRoot: toRootHex(genesisState.genesisValidatorsRoot),
    slotMs: config.SLOT_DURATION_MS,
  };
}

async function readBundleFile(directory: string, file: string): Promise<Buffer> {
  const path = join(directory, file);
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Error {
  return mayflyErrors.create('EPH-MAYFLY-BUNDLE', { path, reason: messageOf(cause) }, cause);
}
