import {
  type BeaconConfig,
  chainConfigToJson,
  createBeaconConfig,
  createChainForkConfig,
} from '@lodestar/config';
import { ForkSeq, UNSET_DEPOSIT_REQUESTS_START_INDEX } from '@lodestar/params';
import {
  type BeaconStateAllForks,
  createCachedBeaconState,
  createPubkeyCache,
  getEffectiveBalanceIncrementsWithLen,
  getNextSyncCommittee,
} from '@lodestar/state-transition';
import { upgradeStateToFulu } from '@lodestar/state-transition/slot';
import { ssz } from '@lodestar/types';
import { fromHex } from '@lodestar/utils';
import { stringify } from 'yaml';

export interface TinyGenesisOptions {
  readonly pubkeys: readonly Uint8Array[];
  readonly genesisTimeSeconds: number;
  readonly slotSeconds: number;
  readonly fork?: 'electra' | 'fulu';
  /** Execution block 0; its hash alone is enough for the stub engine. */
  readonly executionHeader?: Partial<ReturnType<typeof ssz.electra.ExecutionPayloadHeader.defaultValue>>;
  readonly balanceGwei?: number;
  /** Changes the state before its validators root is taken. */
  readonly alter?: (state: ElectraState) => void;
}

export interface TinyGenesis {
  readonly configYaml: string;
  readonly genesisSsz: Uint8Array;
}

/** A genesis for tests of the consensus layer alone, where the project's own builder would only be in the way. */
export function tinyGenesis(options: TinyGenesisOptions): TinyGenesis {
  const config = createChainForkConfig({
    CONFIG_NAME: 'tiny',
    SECONDS_PER_SLOT: options.slotSeconds,
    SLOT_DURATION_MS: options.slotSeconds * 1000,
    GENESIS_FORK_VERSION: fromHex('0x10000001'),
    ALTAIR_FORK_VERSION: fromHex('0x20000001'),
    BELLATRIX_FORK_VERSION: fromHex('0x30000001'),
    CAPELLA_FORK_VERSION: fromHex('0x40000001'),
    DENEB_FORK_VERSION: fromHex('0x50000001'),
    ELECTRA_FORK_VERSION: fromHex('0x60000001'),
    FULU_FORK_VERSION: fromHex('0x70000001'),
    ALTAIR_FORK_EPOCH: 0,
    BELLATRIX_FORK_EPOCH: 0,
    CAPELLA_FORK_EPOCH: 0,
    DENEB_FORK_EPOCH: 0,
    ELECTRA_FORK_EPOCH: 0,
    FULU_FORK_EPOCH: options.fork === 'fulu' ? 0 : Infinity,
    GLOAS_FORK_EPOCH: Infinity,
    SHARD_COMMITTEE_PERIOD: 1,
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 1,
  });
  const state = electraState(options, config.ELECTRA_FORK_VERSION, config.DENEB_FORK_VERSION);
  const beaconConfig = createBeaconConfig(config, state.genesisValidatorsRoot);
  fillSyncCommittees(state, beaconConfig);
  const genesisSsz =
    options.fork === 'fulu' ? toFulu(state, beaconConfig) : ssz.electra.BeaconState.serialize(state);
  return { configYaml: stringify(chainConfigToJson(config)), genesisSsz };
}

export type ElectraState = ReturnType<typeof ssz.electra.BeaconState.defaultValue>;

function electraState(options: TinyGenesisOptions, version: Uint8Array, previous: Uint8Array): ElectraState {
  const balance = options.balanceGwei ?? 32_000_000_000;
  const state = ssz.electra.BeaconState.defaultValue();
  const eth1Hash = options.executionHeader?.blockHash ?? new Uint8Array(32).fill(0xe1);
  state.genesisTime = options.genesisTimeSeconds;
  state.fork = { previousVersion: previous, currentVersion: version, epoch: 0 };
  state.latestBlockHeader.bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(
    ssz.electra.BeaconBlockBody.defaultValue(),
  );
  state.eth1Data = { depositRoot: new Uint8Array(32), depositCount: 0n, blockHash: eth1Hash };
  state.validators = options.pubkeys.map((pubkey) => ({
    pubkey,
    withdrawalCredentials: Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : i < 12 ? 0 : 0xaa)),
    effectiveBalance: 32_000_000_000,
    slashed: false,
    activationEligibilityEpoch: 0,
    activationEpoch: 0,
    exitEpoch: Infinity,
    withdrawableEpoch: Infinity,
  }));
  state.balances = options.pubkeys.map(() => balance);
  state.previousEpochParticipation = options.pubkeys.map(() => 0);
  state.currentEpochParticipation = options.pubkeys.map(() => 0);
  state.inactivityScores = options.pubkeys.map(() => 0);
  state.randaoMixes = state.randaoMixes.map(() => eth1Hash);
  options.alter?.(state);
  state.genesisValidatorsRoot = ssz.phase0.Validators.hashTreeRoot(state.validators);
  state.latestExecutionPayloadHeader = {
    ...state.latestExecutionPayloadHeader,
    blockHash: eth1Hash,
    timestamp: options.genesisTimeSeconds,
    ...options.executionHeader,
  };
  state.depositRequestsStartIndex = UNSET_DEPOSIT_REQUESTS_START_INDEX;
  state.earliestExitEpoch = 1;
  state.earliestConsolidationEpoch = 1;
  return state;
}

function fillSyncCommittees(state: ElectraState, config: BeaconConfig): void {
  const view = ssz.electra.BeaconState.toViewDU(state);
  const count = state.validators.length;
  const increments = getEffectiveBalanceIncrementsWithLen(count);
  increments.fill(32);
  const active = Uint32Array.from({ length: count }, (_, i) => i);
  const committee = getNextSyncCommittee(
    ForkSeq.electra,
    view as unknown as BeaconStateAllForks,
    active,
    increments,
  );
  state.currentSyncCommittee = committee.syncCommittee;
  state.nextSyncCommittee = committee.syncCommittee;
  void config;
}

/** A Fulu genesis is the Electra one upgraded: the library exports no other way to its proposer lookahead. */
function toFulu(state: ElectraState, config: BeaconConfig): Uint8Array {
  const view = ssz.electra.BeaconState.toViewDU(state) as unknown as BeaconStateAllForks;
  const electraConfig = createBeaconConfig(
    { ...config, FULU_FORK_EPOCH: Infinity },
    state.genesisValidatorsRoot,
  );
  const cached = createCachedBeaconState(view, { config: electraConfig, pubkeyCache: createPubkeyCache() });
  const fulu = upgradeStateToFulu(cached as Parameters<typeof upgradeStateToFulu>[0]);
  fulu.fork = ssz.phase0.Fork.toViewDU({
    previousVersion: config.ELECTRA_FORK_VERSION,
    currentVersion: config.FULU_FORK_VERSION,
    epoch: 0,
  });
  fulu.latestBlockHeader.bodyRoot = ssz.fulu.BeaconBlockBody.hashTreeRoot(
    ssz.fulu.BeaconBlockBody.defaultValue(),
  );
  fulu.commit();
  return fulu.serialize();
}
