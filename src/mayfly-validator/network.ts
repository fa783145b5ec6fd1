import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BeaconConfig,
  chainConfigFromJson,
  createBeaconConfig,
  createChainForkConfig,
} from '@lodestar/config';
import { fromHex } from '@lodestar/utils';
import { parse } from 'yaml';
import { messageOf } from '../base/errors.ts';
import { bundleFiles } from '../core/network/bundle.ts';
import { readGenesisState } from '../core/network/genesis-state.ts';
import { mayflyValidatorErrors } from './errors.ts';

/** The network whose messages are signed, as its own files say: never as a beacon node says. */
export interface SigningNetwork {
  readonly config: BeaconConfig;
  readonly genesisValidatorsRoot: string;
  readonly genesisTimeSeconds: number;
  readonly slotMs: number;
}

/** Reads it from a bundle's folder. @throws EPH-MAYFLY-VALIDATOR-BUNDLE */
export async function readSigningNetwork(bundleFolder: string): Promise<SigningNetwork> {
  try {
    const [configText, genesis] = await Promise.all([
      readFile(join(bundleFolder, bundleFiles.consensusConfig), 'utf8'),
      readFile(join(bundleFolder, bundleFiles.consensusGenesis)),
    ]);
    const state = readGenesisState(genesis);
    if (typeof state === 'string') throw new TypeError(`genesis.ssz: ${state}`);
    return signingNetwork(configText, state);
  } catch (cause) {
    const facts = { path: bundleFolder, reason: messageOf(cause) };
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BUNDLE', facts, cause);
  }
}

/** The same from a config.yaml and the facts of the genesis. */
function signingNetwork(
  configYaml: string,
  genesis: { readonly genesisValidatorsRoot: string; readonly genesisTimeSeconds: number },
): SigningNetwork {
  const { genesisValidatorsRoot, genesisTimeSeconds } = genesis;
  // Strings only: a YAML reader turns 0x10000038 into a number and drops its leading zeros.
  const raw = parse(configYaml, { schema: 'failsafe' }) as Record<string, unknown>;
  const chainConfig = createChainForkConfig(chainConfigFromJson(raw));
  const config = createBeaconConfig(chainConfig, fromHex(genesisValidatorsRoot));
  return { config, genesisValidatorsRoot, genesisTimeSeconds, slotMs: config.SLOT_DURATION_MS };
}
