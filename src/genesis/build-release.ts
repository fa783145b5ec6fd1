import { bundleFiles } from '../core/network/bundle.ts';
import type { ForkName } from '../core/network/forks.ts';
import type { NetworkIdentity } from '../core/network/identity.ts';
import { parseVariablesFile } from '../core/network/variables-file.ts';
import type { FileSet } from './archive.ts';
import { packArchive } from './archive.ts';
import { enodesOf, enrsOf } from './bootnodes.ts';
import type { GenesisState } from './consensus/genesis-state.ts';
import { renderConsensusConfig } from './consensus-config.ts';
import { genesisValidators } from './genesis-validators.ts';
import type { GenesisInputs } from './inputs.ts';
import { legacyLayout } from './legacy-layout.ts';
import { nodeVariables, retentionVars, validatorNamesYaml } from './release-texts.ts';
import type { NetworkValues } from './values.ts';
import { valuesOfIteration } from './values.ts';

/** What is being done; in this order, `archives` only where they are wanted. */
export type BuildStep = 'inputs' | 'execution' | 'consensus' | 'files' | 'archives';

export interface BuildReleaseOptions {
  readonly inputs: GenesisInputs;
  readonly iteration: number;
  /** The last fork of the network's life; later ones are taken off its schedule. All that the inputs have unless told. */
  readonly lastFork?: ForkName;
  /** A release's tag is this and the iteration; `ephemery-` unless told. */
  readonly tagPrefix?: string;
  /** Whether to pack both archives; true unless told. */
  readonly archives?: boolean;
  readonly onProgress?: (step: BuildStep) => void;
  readonly signal?: AbortSignal;
}

/** One iteration's published files, in memory. `writeRelease` puts them into a folder. */
export interface BuiltRelease {
  readonly tag: string;
  readonly identity: NetworkIdentity;
  /** T, seconds. */
  readonly startSeconds: number;
  readonly periodSeconds: number;
  /** At which the network starts. */
  readonly genesisFork: ForkName;
  readonly highestFork: ForkName;
  /** By path in the layout of network-config.tar.gz. */
  readonly files: FileSet;
  /** `network-config.tar.gz` and `testnet-all.tar.gz`; empty when none were wanted. */
  readonly archives: FileSet;
  /** Hex with 0x of the genesis state's hash tree root: the parent state of slot 0. Computed when asked for. */
  consensusStateRoot(): string;
}

/**
 * Builds the release of one iteration as the public network would, from the same inputs. The values of
 * `iteration` follow from values.env, whichever iteration that describes. The same options give the same
 * bytes. Throws the errors of src/genesis/errors.ts, EPH-VALIDATORS-*, EPH-NETWORK-VARIABLES-SYNTAX, and
 * the signal's reason once it is aborted.
 */
export async function buildRelease(options: BuildReleaseOptions): Promise<BuiltRelease> {
  const { inputs, iteration, archives = true, tagPrefix = 'ephemery-' } = options;
  const begin = (step: BuildStep) => {
    options.signal?.throwIfAborted();
    options.onProgress?.(step);
  };
  begin('inputs');
  const values = valuesOfIteration(
    parseVariablesFile(inputs.values.name, inputs.values.text),
    iteration,
    options.lastFork,
  );
  const { config, text: configText } = await renderConsensusConfig(inputs.consensusTemplate, values);
  const named = genesisValidators(inputs.validators, iteration);
  begin('execution');
  const { genesis, block } = await buildExecution(inputs, values, config.depositContractAddress);
  begin('consensus');
  const { buildConsensusGenesis } = await import('./consensus/build.ts');
  const validators = named.flatMap((file) => file.validators);
  const state = await buildConsensusGenesis({ config, validators, executionBlock: block });
  begin('files');
  const identity: NetworkIdentity = {
    iteration,
    chainId: values.integer('CHAIN_ID'),
    genesisValidatorsRoot: hex(state.validatorsRoot),
    executionGenesisHash: hex(block.hash),
    genesisTimeSeconds: config.genesisTimeSeconds,
  };
  const tag = `${tagPrefix}${iteration}`;
  const files = releaseFiles({
    inputs,
    values,
    tag,
    identity,
    state,
    configText,
    depositContractAddress: config.depositContractAddress,
    executionGenesis: genesis,
    validatorNames: validatorNamesYaml(named),
  });
  const startSeconds = values.integer('GENESIS_TIMESTAMP');
  if (archives) begin('archives');
  return {
    tag,
    identity,
    startSeconds,
    periodSeconds: values.integer('GENESIS_INTERVAL'),
    genesisFork: config.genesisFork,
    highestFork: config.highestFork,
    files,
    archives: archives ? await packBoth(files, startSeconds, options.signal) : new Map(),
    consensusStateRoot: () => hex(state.hashTreeRoot()),
  };
}

async function buildExecution(inputs: GenesisInputs, values: NetworkValues, depositContractAddress: string) {
  const { buildExecutionGenesis } = await import('./execution/build.ts');
  const { executionGenesisBlock } = await import('./execution/genesis-block.ts');
  const genesis = await buildExecutionGenesis(inputs.executionTemplate, values, depositContractAddress);
  return { genesis, block: executionGenesisBlock(genesis) };
}

interface ReleaseParts {
  readonly inputs: GenesisInputs;
  readonly values: NetworkValues;
  readonly tag: string;
  readonly identity: NetworkIdentity;
  readonly state: GenesisState;
  readonly configText: string;
  readonly depositContractAddress: string;
  readonly executionGenesis: unknown;
  readonly validatorNames: string;
}

/**
 * The published set. besu.json and chainspec.json are left out, as by the public generator from 6.1 on:
 * Besu and Nethermind read genesis.json.
 */
function releaseFiles(parts: ReleaseParts): FileSet {
  const { inputs, values, identity, state } = parts;
  const enrs = enrsOf(inputs.bootnodes);
  const enodes = enodesOf(inputs.enodes);
  const lines = (items: readonly string[]) => items.map((item) => `${item}\n`).join('');
  const texts: Record<string, string> = {
    [bundleFiles.executionGenesis]: `${JSON.stringify(parts.executionGenesis, null, 2)}\n`,
    [bundleFiles.consensusConfig]: parts.configText,
    [bundleFiles.validatorsRoot]: `${identity.genesisValidatorsRoot}\n`,
    [bundleFiles.nodeVariables]: nodeVariables(values, { ...identity, enrs, enodes }),
    [bundleFiles.enodes]: lines(enodes),
    [bundleFiles.bootstrapNodes]: lines(enrs),
    [bundleFiles.bootstrapNodesYaml]: lines(enrs.map((enr) => `- ${enr}`)),
    [bundleFiles.depositContract]: `${parts.depositContractAddress}\n`,
    [bundleFiles.depositContractBlock]: `${values.integer('CL_EXEC_BLOCK')}\n`,
    [bundleFiles.depositContractBlockHash]: `${identity.executionGenesisHash}\n`,
    'parsed/parsedConsensusGenesis.json': state.toJson(),
    [bundleFiles.validatorNames]: parts.validatorNames,
    [bundleFiles.retention]: retentionVars(values, parts.tag),
  };
  const files = new Map<string, Uint8Array>(
    Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  return files.set(bundleFiles.consensusGenesis, state.serialize());
}

async function packBoth(files: FileSet, startSeconds: number, signal?: AbortSignal): Promise<FileSet> {
  const layouts = [
    ['network-config.tar.gz', files],
    ['testnet-all.tar.gz', legacyLayout(files)],
  ] as const;
  const packed = await Promise.all(
    layouts.map(async ([name, layout]) => [name, await packArchive(layout, startSeconds)] as const),
  );
  signal?.throwIfAborted();
  return new Map(packed);
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
