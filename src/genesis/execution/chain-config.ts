import type { ForkName } from '../../core/network/forks.ts';
import type { NetworkValues } from '../values.ts';
import { blobScheduleEntries, farFutureEpoch, forkEpochVariable } from '../values.ts';
import type { BlobParameters, ExecutionChainConfig } from './genesis-json.ts';

/** The execution fork that comes with a consensus fork; earlier ones are active from block 0 always. */
const executionForkTimes = [
  ['capella', 'shanghaiTime'],
  ['deneb', 'cancunTime'],
  ['electra', 'pragueTime'],
  ['fulu', 'osakaTime'],
] as const;

const forksFromBlockZero = [
  'homesteadBlock',
  'eip150Block',
  'eip155Block',
  'eip158Block',
  'byzantiumBlock',
  'constantinopleBlock',
  'petersburgBlock',
  'istanbulBlock',
  'berlinBlock',
  'londonBlock',
  'mergeNetsplitBlock',
];

const slotsPerEpoch = 32;
const gasPerBlob = 2 ** 17;

/** EIP-4844; Cancun's are no variables of the generator. */
export const cancunBlobs: BlobParameters = { target: 3, max: 6, baseFeeUpdateFraction: 3338477 };

/**
 * `config` of genesis.json. A fork that is not scheduled leaves no trace, neither time nor blob
 * parameters: EthereumJS refuses those that it does not know.
 */
export function executionChainConfig(
  values: NetworkValues,
  depositContractAddress: string,
): ExecutionChainConfig {
  const config: Record<string, unknown> & { chainId: number } = { chainId: values.integer('CHAIN_ID') };
  for (const fork of forksFromBlockZero) config[fork] = 0;
  config.terminalTotalDifficulty = 0;
  config.terminalTotalDifficultyPassed = true;
  for (const [fork, key] of executionForkTimes)
    if (isScheduled(values, fork)) config[key] = forkTime(values, values.integer(forkEpochVariable(fork)));
  if (isScheduled(values, 'electra')) config.depositContractAddress = depositContractAddress;
  const blobSchedule = namedBlobParameters(values);
  for (const { entry, epoch, parameters } of scheduledBlobEntries(values)) {
    config[`bpo${entry}Time`] = forkTime(values, epoch);
    blobSchedule[`bpo${entry}`] = parameters;
  }
  if (Object.keys(blobSchedule).length > 0) config.blobSchedule = blobSchedule;
  return config;
}

/** True when the values give the fork an epoch. */
export function isScheduled(values: NetworkValues, fork: ForkName): boolean {
  return (values.text(forkEpochVariable(fork)) ?? farFutureEpoch) !== farFutureEpoch;
}

/** Seconds at which an epoch begins; 0 for epoch 0, which on the execution layer begins before the genesis delay. */
function forkTime(values: NetworkValues, epoch: number): number {
  if (epoch === 0) return 0;
  const genesisSeconds = values.integer('GENESIS_TIMESTAMP') + values.integer('GENESIS_DELAY');
  return genesisSeconds + epoch * slotsPerEpoch * values.integer('SLOT_DURATION_IN_SECONDS');
}

function namedBlobParameters(values: NetworkValues): Record<string, BlobParameters> {
  const schedule: Record<string, BlobParameters> = {};
  if (isScheduled(values, 'deneb')) schedule.cancun = cancunBlobs;
  if (!isScheduled(values, 'electra')) return schedule;
  const max = values.integer('MAX_BLOBS_PER_BLOCK_ELECTRA');
  const fraction = values.integer('BASEFEE_UPDATE_FRACTION_ELECTRA');
  schedule.prague = {
    target: values.integer('TARGET_BLOBS_PER_BLOCK_ELECTRA'),
    max,
    baseFeeUpdateFraction: fraction === 0 ? baseFeeUpdateFraction(max) : fraction,
  };
  // Osaka changes nothing about blobs, but several clients want an entry for each fork that may.
  if (isScheduled(values, 'fulu')) schedule.osaka = schedule.prague;
  return schedule;
}

function scheduledBlobEntries(values: NetworkValues) {
  if (!isScheduled(values, 'fulu')) return [];
  const scheduled = blobScheduleEntries.filter(
    (entry) => (values.text(`BPO_${entry}_EPOCH`) ?? farFutureEpoch) !== farFutureEpoch,
  );
  return scheduled.map((entry) => {
    const max = values.integer(`BPO_${entry}_MAX_BLOBS`);
    const fraction = values.integer(`BPO_${entry}_BASE_FEE_UPDATE_FRACTION`);
    const parameters: BlobParameters = {
      target: values.integer(`BPO_${entry}_TARGET_BLOBS`),
      max,
      baseFeeUpdateFraction: fraction === 0 ? baseFeeUpdateFraction(max) : fraction,
    };
    return { entry, epoch: values.integer(`BPO_${entry}_EPOCH`), parameters };
  });
}

/** Half of max * GAS_PER_BLOB over ln 1.125, so that a full block raises the fee by at most 12.5 %. Source: EIP-7892. */
function baseFeeUpdateFraction(maxBlobs: number): number {
  return Math.round((maxBlobs * gasPerBlob) / (2 * Math.log(1.125)));
}
