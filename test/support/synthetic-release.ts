import { bundleFiles } from '../../src/core/network/bundle.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import { validatorsRoot } from '../../src/core/network/validators-root.ts';

export interface SyntheticRelease {
  readonly definition?: NetworkDefinition;
  readonly iteration: number;
  readonly validators?: number;
  /** Another value makes other validators, and so another root, under the same iteration. */
  readonly salt?: number;
  /** The iteration that validator 0 carries, where it is to be another. */
  readonly seed?: number;
  /** 48 bytes for a validator; its index and zeros unless told. */
  readonly pubkey?: (index: number) => Uint8Array;
}

const validatorBytes = 121;
const stateFixedBytes = 2_736_653;
const headerBytes = 584;

/**
 * The files of a release that is consistent in itself, made without any genesis engine: a Fulu state whose
 * fields are zero except for those that verification reads. For tests of reading, moving and checking only.
 */
export function syntheticRelease(options: SyntheticRelease): Map<string, Uint8Array> {
  const definition = options.definition ?? publicNetwork;
  const { iteration } = options;
  const { chainId, startSeconds, genesisSeconds } = scheduleOf(definition, iteration);
  const executionHash = `0x${'e1'.repeat(31)}${(iteration % 256).toString(16).padStart(2, '0')}`;
  const state = syntheticState({ ...options, genesisSeconds, executionHash });
  const texts: Record<string, string> = {
    [bundleFiles.executionGenesis]: JSON.stringify(executionGenesis(chainId, startSeconds)),
    [bundleFiles.consensusConfig]: consensusConfig(definition, chainId, startSeconds),
    [bundleFiles.validatorsRoot]: `${state.root}\n`,
    [bundleFiles.nodeVariables]: variables({
      ITERATION_NUMBER: iteration,
      CHAIN_ID: chainId,
      BOOTNODE_ENR: enr,
      BOOTNODE_ENODE: enode,
      GENESIS_TIME: genesisSeconds,
      GENESIS_VALROOT: state.root,
      GENESIS_BLOCK: executionHash,
    }),
    [bundleFiles.enodes]: `${enode}\n`,
    [bundleFiles.bootstrapNodes]: `${enr}\n`,
    [bundleFiles.bootstrapNodesYaml]: `- ${enr}\n`,
    [bundleFiles.depositContract]: `${depositContract}\n`,
    [bundleFiles.depositContractBlock]: '0\n',
    [bundleFiles.depositContractBlockHash]: `${executionHash}\n`,
    [bundleFiles.validatorNames]: "0: 'gvr_seed'\n",
    'parsed/parsedConsensusGenesis.json': '{}',
    'bootnode-keys/one.enr': `${enr}\n`,
    [bundleFiles.retention]: variables(
      {
        ITERATION_NUMBER: iteration,
        ITERATION_RELEASE: releaseTag(definition, iteration),
        GENESIS_TIMESTAMP: startSeconds,
        GENESIS_RESET_INTERVAL: definition.periodSeconds,
        CHAIN_ID: chainId,
      },
      'export ',
    ),
  };
  const files = Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return new Map<string, Uint8Array>([...files, [bundleFiles.consensusGenesis, state.bytes]]);
}

const depositContract = '0x00000000219ab540356cBB839Cbe05303d7705Fa';
const enode = `enode://${'5a'.repeat(64)}@192.0.2.1:30303`;
const enr = `enr:-${'Iq4QNMYHuJGbnXyBj6FPS2UkOQ'.repeat(4)}`;

function variables(values: Record<string, string | number>, prefix = ''): string {
  return Object.entries(values)
    .map(([name, value]) => `${prefix}${name}="${value}"\n`)
    .join('');
}

function executionGenesis(chainId: number, startSeconds: number): object {
  const forkTimes = { shanghaiTime: 0, cancunTime: 0, pragueTime: 0, osakaTime: 0 };
  return {
    config: { chainId, depositContractAddress: depositContract, ...forkTimes },
    timestamp: `0x${startSeconds.toString(16)}`,
    gasLimit: '0x2255100',
    alloc: {},
  };
}

function consensusConfig(definition: NetworkDefinition, chainId: number, startSeconds: number): string {
  const forks = ['ALTAIR', 'BELLATRIX', 'CAPELLA', 'DENEB', 'ELECTRA', 'FULU'].map(
    (fork, i) => `${fork}_FORK_VERSION: 0x${i + 2}000101b\n${fork}_FORK_EPOCH: 0\n`,
  );
  return [
    "PRESET_BASE: 'mainnet'\nCONFIG_NAME: testnet # a comment\n",
    `MIN_GENESIS_TIME: ${startSeconds}\nGENESIS_DELAY: ${definition.genesisDelaySeconds}\n`,
    `EPHEMERY_RESET_PERIOD: ${definition.periodSeconds}\nGENESIS_FORK_VERSION: 0x1000101b\n`,
    ...forks,
    'GLOAS_FORK_VERSION: 0x8000101b\nGLOAS_FORK_EPOCH: 18446744073709551615\n',
    `SECONDS_PER_SLOT: 12\nDEPOSIT_CHAIN_ID: ${chainId}\nDEPOSIT_NETWORK_ID: ${chainId}\n`,
    `DEPOSIT_CONTRACT_ADDRESS: ${depositContract}\n`,
    'BLOB_SCHEDULE:\n  - EPOCH: 2048\n    MAX_BLOBS_PER_BLOCK: 12\n',
  ].join('');
}

function syntheticState(
  options: SyntheticRelease & { readonly genesisSeconds: number; readonly executionHash: string },
): { readonly bytes: Uint8Array; readonly root: string } {
  const registry = syntheticValidators(options);
  const headerStart = stateFixedBytes + registry.length;
  const bytes = Buffer.alloc(headerStart + headerBytes);
  const root = validatorsRoot(registry);
  const executionHash = Buffer.from(options.executionHash.slice(2), 'hex');
  bytes.writeBigUInt64LE(BigInt(options.genesisSeconds), 0);
  Buffer.from(root.slice(2), 'hex').copy(bytes, 8);
  Buffer.from('6000101b7000101b', 'hex').copy(bytes, 48);
  executionHash.copy(bytes, 524_508);
  bytes.writeUInt32LE(stateFixedBytes, 524_552);
  bytes.writeUInt32LE(headerStart, 524_556);
  bytes.writeUInt32LE(headerStart, 2_736_629);
  registry.copy(bytes, stateFixedBytes);
  executionHash.copy(bytes, headerStart + 472);
  return { bytes, root };
}

function syntheticValidators(options: SyntheticRelease): Buffer {
  const { iteration, validators = 3, salt = 0, seed = iteration, pubkey } = options;
  const registry = Buffer.alloc(validators * validatorBytes);
  for (let i = 0; i < validators; i++) {
    const at = i * validatorBytes;
    registry.writeUInt32BE(i, at);
    if (pubkey !== undefined) registry.set(pubkey(i), at);
    if (salt !== 0) registry.writeUInt32BE(salt, at + 44);
    registry[at + 48] = i === 0 ? 1 : 2;
    registry.writeUInt32BE(i === 0 ? seed : i, at + 76);
    registry.writeBigUInt64LE(i === 0 ? 16_000_000_000n : 1_024_000_000_000n, at + 80);
    registry.fill(0xff, at + 105, at + 121);
  }
  return registry;
}
