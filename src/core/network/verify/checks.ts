import { releaseFindings } from '../../findings/release.ts';
import { bundleFiles } from '../bundle.ts';
import type { ConsensusConfig } from '../consensus-config.ts';
import { type GenesisState, validatorByteLength } from '../genesis-state.ts';
import { releaseTag, scheduleOf } from '../schedule.ts';
import { validatorsRoot } from '../validators-root.ts';
import type { FailedCheck, ReleaseExpectation } from './expectation.ts';
import type { Reading, ReleaseReadings } from './readings.ts';
import type { ReleaseFacts } from './release-facts.ts';

type ReadingCode =
  | 'EPH-RELEASE-ITERATION'
  | 'EPH-RELEASE-TAG'
  | 'EPH-RELEASE-CHAIN-ID'
  | 'EPH-RELEASE-START-TIME'
  | 'EPH-RELEASE-INTERVAL'
  | 'EPH-RELEASE-GENESIS-TIME'
  | 'EPH-RELEASE-VALIDATORS-ROOT'
  | 'EPH-RELEASE-VALIDATORS-ROOT-COMPUTED'
  | 'EPH-RELEASE-EXECUTION-HASH'
  | 'EPH-RELEASE-EXECUTION-HASH-COMPUTED'
  | 'EPH-RELEASE-DEPOSIT-CONTRACT'
  | 'EPH-RELEASE-FORK-VERSION'
  | 'EPH-RELEASE-STATE-FORK'
  | 'EPH-RELEASE-GENESIS-SLOT';

/** A rejection for every reading that is not as expected. */
function mismatches<T extends string | number>(
  code: ReadingCode,
  readings: readonly Reading<T>[],
  expected: T | undefined,
): readonly FailedCheck[] {
  return readings
    .filter(({ value }) => expected !== undefined && value !== expected)
    .map(({ file, field, value }) => ({
      effect: 'reject',
      finding: releaseFindings.create(code, { file, field, found: `${value}`, expected: `${expected}` }),
    }));
}

/** Number, tag and chain id are this iteration's. */
export function checkNumbers(
  readings: ReleaseReadings,
  expectation: ReleaseExpectation,
): readonly FailedCheck[] {
  const { definition, iteration } = expectation;
  return [
    ...mismatches('EPH-RELEASE-ITERATION', readings.iteration, iteration),
    ...mismatches('EPH-RELEASE-TAG', readings.tag, releaseTag(definition, iteration)),
    ...mismatches('EPH-RELEASE-CHAIN-ID', readings.chainId, scheduleOf(definition, iteration).chainId),
  ];
}

/**
 * Start, interval and delay agree between the files and with the definition. Where all files agree with
 * one another but not with the definition, the network changed its schedule: that needs consent.
 */
export function checkTimes(
  readings: ReleaseReadings,
  expectation: ReleaseExpectation,
): readonly FailedCheck[] {
  const { startSeconds } = scheduleOf(expectation.definition, expectation.iteration);
  const { periodSeconds, genesisDelaySeconds } = expectation.definition;
  const start = agreed(readings.startSeconds, startSeconds);
  const delay = readings.genesisDelaySeconds[0]?.value;
  const genesis = delay === undefined ? undefined : start + delay;
  // The times of another iteration are that iteration's, not a change of this one's.
  const ours = readings.iteration.every(({ value }) => value === expectation.iteration);
  const change = (what: string, found: number | undefined, expected: number) =>
    ours ? scheduleChange(expectation.iteration, { what, found, expected }) : [];
  return [
    ...mismatches(
      'EPH-RELEASE-START-TIME',
      readings.startSeconds,
      agreed(readings.startSeconds, startSeconds),
    ),
    ...mismatches(
      'EPH-RELEASE-INTERVAL',
      readings.periodSeconds,
      agreed(readings.periodSeconds, periodSeconds),
    ),
    ...mismatches('EPH-RELEASE-GENESIS-TIME', readings.genesisSeconds, genesis),
    ...change('start time', start, startSeconds),
    ...change('reset interval', agreed(readings.periodSeconds, periodSeconds), periodSeconds),
    ...change('genesis delay', delay, genesisDelaySeconds),
  ];
}

/** What all readings say, or what is expected where they differ among themselves. */
function agreed(readings: readonly Reading<number>[], expected: number): number {
  const first = readings[0]?.value;
  return first !== undefined && readings.every(({ value }) => value === first) ? first : expected;
}

function scheduleChange(
  iteration: number,
  change: { what: string; found: number | undefined; expected: number },
): readonly FailedCheck[] {
  const { what, found, expected } = change;
  if (found === undefined || found === expected) return [];
  const facts = { iteration, what, found, expected };
  return [
    { effect: 'schedule-change', finding: releaseFindings.create('EPH-RELEASE-SCHEDULE-CHANGED', facts) },
  ];
}

/** Validators root, execution genesis block and deposit contract are the same wherever they stand. */
export function checkHashes(
  readings: ReleaseReadings,
  state: GenesisState | undefined,
): readonly FailedCheck[] {
  const roots = readings.validatorsRoot;
  const fromState = roots.filter(({ file }) => file === bundleFiles.consensusGenesis);
  const computed = state === undefined ? undefined : validatorsRoot(state.validators);
  return [
    ...mismatches('EPH-RELEASE-VALIDATORS-ROOT', roots, mostSaid(roots)),
    ...mismatches('EPH-RELEASE-VALIDATORS-ROOT-COMPUTED', fromState, computed),
    ...mismatches('EPH-RELEASE-EXECUTION-HASH', readings.executionHash, mostSaid(readings.executionHash)),
    ...mismatches(
      'EPH-RELEASE-DEPOSIT-CONTRACT',
      readings.depositContract,
      mostSaid(readings.depositContract),
    ),
  ];
}

/** Block 0 as execution clients will make it of genesis.json is the one that the other files name. */
export function checkExecutionBlock(
  { executionHash }: ReleaseReadings,
  computed: string | undefined,
): readonly FailedCheck[] {
  if (computed === undefined) return [];
  const reading = { file: bundleFiles.executionGenesis, field: 'its block hash', value: computed };
  return mismatches('EPH-RELEASE-EXECUTION-HASH-COMPUTED', [reading], mostSaid(executionHash));
}

/** The value that most readings have, so that the finding names the file that stands alone; the first in a tie. */
function mostSaid(readings: readonly Reading<string>[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { value } of readings) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** The state stands at slot 0 and in the fork that the config has at epoch 0. */
export function checkState(
  state: GenesisState | undefined,
  config: ConsensusConfig | undefined,
): readonly FailedCheck[] {
  if (state === undefined) return [];
  const file = bundleFiles.consensusGenesis;
  const active = config?.forks.filter(({ epoch }) => epoch === 0) ?? [];
  const fork = active.at(-1);
  // Builders differ in which of the forks before they name.
  const isOurs = active.some(({ version }) => version === state.previousForkVersion);
  const before = isOurs ? state.previousForkVersion : active.at(-2)?.version;
  return [
    ...mismatches('EPH-RELEASE-GENESIS-SLOT', [{ file, field: 'slot', value: state.slot }], 0),
    ...mismatches('EPH-RELEASE-STATE-FORK', [{ file, field: 'fork.epoch', value: state.forkEpoch }], 0),
    ...mismatches(
      'EPH-RELEASE-STATE-FORK',
      [{ file, field: 'fork.previous_version', value: state.previousForkVersion }],
      before ?? fork?.version,
    ),
    ...mismatches(
      'EPH-RELEASE-STATE-FORK',
      [{ file, field: 'fork.current_version', value: state.currentForkVersion }],
      fork?.version,
    ),
  ];
}

/** Fork versions exist for every scheduled fork and follow the network's pattern (0x?000101b on the public one). */
export function checkForkVersions(
  config: ConsensusConfig | undefined,
  expectation: ReleaseExpectation,
): readonly FailedCheck[] {
  const file = bundleFiles.consensusConfig;
  const base = expectation.definition.genesisForkVersion;
  const used = new Set<string>();
  return (config?.forks ?? []).flatMap(({ fork, version }): readonly FailedCheck[] => {
    const field = fork === 'phase0' ? 'GENESIS_FORK_VERSION' : `${fork.toUpperCase()}_FORK_VERSION`;
    if (version === undefined) {
      const finding = releaseFindings.create('EPH-RELEASE-FIELD-MISSING', { file, field });
      return [{ effect: 'reject', finding }];
    }
    const expected = expectedVersion({ fork, version, base, repeated: used.has(version) });
    used.add(version);
    return mismatches('EPH-RELEASE-FORK-VERSION', [{ file, field, value: version }], expected);
  });
}

function expectedVersion(facts: {
  fork: string;
  version: string;
  base: string | undefined;
  repeated: boolean;
}): string {
  const { fork, version, base, repeated } = facts;
  if (repeated) return 'one of its own';
  if (base === undefined) return version;
  if (fork === 'phase0') return base;
  return version.slice(3) === base.slice(3) ? version : `0x?${base.slice(3)}`;
}

/** Only the mainnet preset can be read and run. */
export function checkPreset(facts: ReleaseFacts): readonly FailedCheck[] {
  const preset = facts.config?.text('PRESET_BASE');
  if (preset === undefined || preset === 'mainnet') return [];
  const file = bundleFiles.consensusConfig;
  return [{ effect: 'reject', finding: releaseFindings.create('EPH-RELEASE-PRESET', { file, preset }) }];
}

/** Validator 0 has the iteration in its withdrawal credentials (EIP-6916, "Genesis"). */
export function checkSeedValidator(
  state: GenesisState | undefined,
  iteration: number,
): readonly FailedCheck[] {
  if (state === undefined || state.validators.length < validatorByteLength) return [];
  const credentials = `0x${Buffer.from(state.validators.subarray(48, 80)).toString('hex')}`;
  const expected = `0x01${iteration.toString(16).padStart(62, '0')}`;
  if (credentials === expected) return [];
  const facts = { iteration, credentials };
  return [{ effect: 'tell', finding: releaseFindings.create('EPH-RELEASE-SEED-VALIDATOR', facts) }];
}
