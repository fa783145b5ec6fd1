import type { ForkName } from '../core/network/forks.ts';
import { forkNames } from '../core/network/forks.ts';
import type { VariablesFile } from '../core/network/variables-file.ts';
import { generatorDefaults } from './defaults.ts';
import { genesisErrors } from './errors.ts';

/** 2^64 - 1, the epoch of what is not scheduled; kept as text because a number cannot hold it. */
export const farFutureEpoch = '18446744073709551615';

/** The BPO_<n>_* variables that the public generator knows. */
export const blobScheduleEntries = [1, 2, 3, 4, 5] as const;

/** The variables of one iteration: values.env, moved to it, over the defaults. */
export interface NetworkValues {
  readonly file: string;
  /** The text of a variable; undefined when neither values.env nor the defaults have it. */
  text(name: string): string | undefined;
  /** A non-negative safe integer. Throws EPH-GENESIS-VALUE. */
  integer(name: string): number;
}

/** The variable with a fork's epoch; phase0 has none and is always at epoch 0. */
export function forkEpochVariable(fork: ForkName): string {
  return `${fork.toUpperCase()}_FORK_EPOCH`;
}

/**
 * The values of `iteration`, derived from a values.env that describes another one: number, chain id and
 * start move by the difference (chain id by 1 and start by GENESIS_INTERVAL each), forks after `lastFork`
 * are taken off the schedule. Throws EPH-GENESIS-ITERATION, EPH-GENESIS-VALUE,
 * EPH-GENESIS-FORK-NOT-SCHEDULED.
 */
export function valuesOfIteration(
  variables: VariablesFile,
  iteration: number,
  lastFork: ForkName | undefined,
): NetworkValues {
  const given = networkValues(variables, new Map());
  const changed = movedTo(given, iteration);
  changed.set('SECONDS_PER_ETH1_BLOCK', given.text('SECONDS_PER_ETH1_BLOCK') ?? slotSeconds(given));
  changed.set('MAX_REQUEST_BLOB_SIDECARS_ELECTRA', String(blobSidecarsPerRequest(given)));
  if (lastFork !== undefined)
    for (const name of unscheduledBy(given, lastFork)) changed.set(name, farFutureEpoch);
  return networkValues(variables, changed);
}

function networkValues(given: VariablesFile, changed: ReadonlyMap<string, string>): NetworkValues {
  const text = (name: string) =>
    changed.get(name) ??
    given.variables.get(name)?.value ??
    (Object.hasOwn(generatorDefaults, name) ? generatorDefaults[name] : undefined);
  return {
    file: given.file,
    text,
    integer(name) {
      const value = text(name);
      const number = value !== undefined && /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isSafeInteger(number)) return number;
      const problem = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}, not a whole number`;
      const line = given.variables.get(name)?.line ?? 0;
      throw genesisErrors.create('EPH-GENESIS-VALUE', { file: given.file, line, variable: name, problem });
    },
  };
}

function movedTo(given: NetworkValues, iteration: number): Map<string, string> {
  const steps = iteration - given.integer('ITERATION_NUMBER');
  const chainId = given.integer('CHAIN_ID') + steps;
  const startSeconds = given.integer('GENESIS_TIMESTAMP') + steps * given.integer('GENESIS_INTERVAL');
  const refuse = (reason: string) => genesisErrors.create('EPH-GENESIS-ITERATION', { iteration, reason });
  if (!Number.isSafeInteger(iteration) || iteration < 0) throw refuse('it is no whole number from 0 on');
  if (chainId <= 0) throw refuse(`its chain id would be ${chainId}`);
  if (startSeconds < 0) throw refuse('it would start before 1970');
  return new Map([
    ['ITERATION_NUMBER', String(iteration)],
    ['CHAIN_ID', String(chainId)],
    ['GENESIS_TIMESTAMP', String(startSeconds)],
  ]);
}

/** As the generator has it: the variable of its own default is the slot's length. */
function slotSeconds(given: NetworkValues): string {
  return String(given.integer('SLOT_DURATION_IN_SECONDS'));
}

/** MAX_REQUEST_BLOCKS_DENEB * MAX_BLOBS_PER_BLOCK_ELECTRA (consensus-specs, electra/p2p-interface). */
function blobSidecarsPerRequest(given: NetworkValues): number {
  return given.integer('MAX_REQUEST_BLOCKS_DENEB') * given.integer('MAX_BLOBS_PER_BLOCK_ELECTRA');
}

function unscheduledBy(given: NetworkValues, lastFork: ForkName): string[] {
  if (lastFork !== 'phase0' && (given.text(forkEpochVariable(lastFork)) ?? farFutureEpoch) === farFutureEpoch)
    throw genesisErrors.create('EPH-GENESIS-FORK-NOT-SCHEDULED', { fork: lastFork });
  const later = forkNames.slice(forkNames.indexOf(lastFork) + 1);
  const blobs = later.includes('fulu') ? blobScheduleEntries.map((entry) => `BPO_${entry}_EPOCH`) : [];
  return [...later.map(forkEpochVariable), ...blobs];
}
