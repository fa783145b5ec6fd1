import type { GenesisInputs, InputFile } from './inputs.ts';

/** What makes one local network different from another. Unless told otherwise, values are the public network's. */
export interface DevnetInputsOptions {
  /** The iteration that the other values describe; `buildRelease` moves them to any other. */
  readonly iteration: number;
  readonly chainId: number;
  /** T of `iteration`, whole seconds: the execution genesis timestamp. */
  readonly startSeconds: number;
  readonly periodSeconds: number;
  /** From T to slot 0. */
  readonly genesisDelaySeconds: number;
  /** At least 1: timestamps are whole seconds. */
  readonly slotSeconds: number;
  /** Epochs. Short ones let exits be rehearsed. */
  readonly shardCommitteePeriod?: number;
  readonly minValidatorWithdrawabilityDelay?: number;
  readonly validators: readonly DevnetValidators[];
  /** Accounts by address, in whole ETH. */
  readonly premineEth?: Readonly<Record<string, number>>;
  readonly enodes?: readonly string[];
  readonly enrs?: readonly string[];
}

/** Validators of one owner: what stands in validators/<name>.txt. */
export interface DevnetValidators {
  readonly name: string;
  /** `pubkey:withdrawal_credentials:balance_gwei` each. */
  readonly lines: readonly string[];
}

/**
 * The inputs of a local network, in the public network's form: all forks up to Fulu at epoch 0, the fork
 * versions of Ephemery, no blob schedule. `lastFork` of `buildRelease` takes forks away again.
 */
export function devnetInputs(options: DevnetInputsOptions): GenesisInputs {
  return {
    values: file('values.env', valuesText(options)),
    consensusTemplate: file('cl-config.yaml', consensusTemplate),
    executionTemplate: file('el-config.yaml', executionTemplate(options.premineEth ?? {})),
    validators: options.validators.map(({ name, lines }) => file(`validators/${name}.txt`, lines.join('\n'))),
    enodes: file('el-bootnodes.txt', (options.enodes ?? []).join('\n')),
    bootnodes: file('cl-bootnodes.txt', (options.enrs ?? []).join('\n')),
  };
}

function file(name: string, text: string): InputFile {
  return { name, text };
}

function valuesText(options: DevnetInputsOptions): string {
  const values: Record<string, string | number> = {
    ITERATION_NUMBER: options.iteration,
    CHAIN_ID: options.chainId,
    GENESIS_TIMESTAMP: options.startSeconds,
    GENESIS_INTERVAL: options.periodSeconds,
    GENESIS_DELAY: options.genesisDelaySeconds,
    SLOT_DURATION_IN_SECONDS: options.slotSeconds,
    SLOT_DURATION_MS: options.slotSeconds * 1000,
    SHARD_COMMITTEE_PERIOD: options.shardCommitteePeriod ?? 256,
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: options.minValidatorWithdrawabilityDelay ?? 256,
    GENESIS_FORK_VERSION: '0x1000101b',
    ALTAIR_FORK_VERSION: '0x2000101b',
    BELLATRIX_FORK_VERSION: '0x3000101b',
    CAPELLA_FORK_VERSION: '0x4000101b',
    DENEB_FORK_VERSION: '0x5000101b',
    ELECTRA_FORK_VERSION: '0x6000101b',
    FULU_FORK_VERSION: '0x7000101b',
    FULU_FORK_EPOCH: 0,
    GENESIS_GASLIMIT: 36_000_000,
    GENESIS_DIFFICULTY: 1,
    ETH1_FOLLOW_DISTANCE: 12,
    MIN_GENESIS_ACTIVE_VALIDATOR_COUNT: options.validators.reduce((sum, { lines }) => sum + lines.length, 0),
  };
  return Object.entries(values)
    .map(([name, value]) => `export ${name}="${value}"\n`)
    .join('');
}

function executionTemplate(premineEth: Readonly<Record<string, number>>): string {
  const accounts = Object.entries(premineEth).map(([address, eth]) => `  "${address}": "${eth}ETH"\n`);
  return accounts.length === 0 ? 'el_premine_addrs: {}\n' : `el_premine_addrs:\n${accounts.join('')}`;
}

/** Settings that no client needs to be told, because they are those of the mainnet preset, are left out. */
const consensusTemplate = `PRESET_BASE: $PRESET_BASE
CONFIG_NAME: devnet

MIN_GENESIS_ACTIVE_VALIDATOR_COUNT: $MIN_GENESIS_ACTIVE_VALIDATOR_COUNT
#HUMAN_TIME_PLACEHOLDER
MIN_GENESIS_TIME: $GENESIS_TIMESTAMP
GENESIS_FORK_VERSION: $GENESIS_FORK_VERSION
GENESIS_DELAY: $GENESIS_DELAY

ALTAIR_FORK_VERSION: $ALTAIR_FORK_VERSION
ALTAIR_FORK_EPOCH: $ALTAIR_FORK_EPOCH
BELLATRIX_FORK_VERSION: $BELLATRIX_FORK_VERSION
BELLATRIX_FORK_EPOCH: $BELLATRIX_FORK_EPOCH
TERMINAL_TOTAL_DIFFICULTY: $TERMINAL_TOTAL_DIFFICULTY
TERMINAL_BLOCK_HASH: 0x0000000000000000000000000000000000000000000000000000000000000000
TERMINAL_BLOCK_HASH_ACTIVATION_EPOCH: 18446744073709551615
CAPELLA_FORK_VERSION: $CAPELLA_FORK_VERSION
CAPELLA_FORK_EPOCH: $CAPELLA_FORK_EPOCH
DENEB_FORK_VERSION: $DENEB_FORK_VERSION
DENEB_FORK_EPOCH: $DENEB_FORK_EPOCH
ELECTRA_FORK_VERSION: $ELECTRA_FORK_VERSION
ELECTRA_FORK_EPOCH: $ELECTRA_FORK_EPOCH
FULU_FORK_VERSION: $FULU_FORK_VERSION
FULU_FORK_EPOCH: $FULU_FORK_EPOCH
GLOAS_FORK_VERSION: 0x8000101b
GLOAS_FORK_EPOCH: $GLOAS_FORK_EPOCH

SECONDS_PER_SLOT: $SLOT_DURATION_IN_SECONDS
SLOT_DURATION_MS: $SLOT_DURATION_MS
SECONDS_PER_ETH1_BLOCK: $SECONDS_PER_ETH1_BLOCK
MIN_VALIDATOR_WITHDRAWABILITY_DELAY: $MIN_VALIDATOR_WITHDRAWABILITY_DELAY
SHARD_COMMITTEE_PERIOD: $SHARD_COMMITTEE_PERIOD
ETH1_FOLLOW_DISTANCE: $ETH1_FOLLOW_DISTANCE
EPHEMERY_RESET_PERIOD: $GENESIS_INTERVAL

EJECTION_BALANCE: $EJECTION_BALANCE
CHURN_LIMIT_QUOTIENT: $CHURN_LIMIT_QUOTIENT
MAX_PER_EPOCH_ACTIVATION_CHURN_LIMIT: $MAX_PER_EPOCH_ACTIVATION_CHURN_LIMIT

DEPOSIT_CHAIN_ID: $CHAIN_ID
DEPOSIT_NETWORK_ID: $CHAIN_ID
DEPOSIT_CONTRACT_ADDRESS: $DEPOSIT_CONTRACT_ADDRESS

MAX_BLOBS_PER_BLOCK: 6
MAX_BLOBS_PER_BLOCK_ELECTRA: $MAX_BLOBS_PER_BLOCK_ELECTRA
BLOB_SIDECAR_SUBNET_COUNT_ELECTRA: $MAX_BLOBS_PER_BLOCK_ELECTRA
MAX_REQUEST_BLOB_SIDECARS_ELECTRA: $MAX_REQUEST_BLOB_SIDECARS_ELECTRA
`;
