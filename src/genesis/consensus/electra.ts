import type { electra } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import { altairFields } from './altair.ts';
import type { Weighing } from './candidates.ts';
import { denebPayloadHeader } from './deneb.ts';
import type { GenesisContext, GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { phase0Fields } from './phase0.ts';
import type { ValidatorRegistry } from './validator-registry.ts';
import { maxEffectiveBalanceGwei, validatorRegistry } from './validator-registry.ts';

/**
 * The generator weighs committee members against 32 ETH where the specification has 2048 ETH; so do we,
 * for the state is to be the same. The committee after the first two periods follows the specification.
 */
const committeeWeighing: Weighing = { randomBytes: 2, highestBalanceGwei: maxEffectiveBalanceGwei };

/**
 * Genesis at Electra: compounding validators, requests. Queues are empty, the churn counters and
 * `deposit_requests_start_index` zero: deposits by requests count from the first.
 */
export const electraGenesis: GenesisFork = {
  name: 'electra',
  build(context) {
    const registry = validatorRegistry(context);
    const value = { ...ssz.electra.BeaconState.defaultValue(), ...electraFields(context, registry) };
    return genesisState(ssz.electra.BeaconState, value);
  },
};

type ElectraFields = ReturnType<typeof phase0Fields> &
  ReturnType<typeof altairFields> &
  Pick<electra.BeaconState, 'latestExecutionPayloadHeader'>;

/** All that is not zero in an Electra genesis; Fulu has the same block body. */
export function electraFields(context: GenesisContext, registry: ValidatorRegistry): ElectraFields {
  const bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(ssz.electra.BeaconBlockBody.defaultValue());
  return {
    ...phase0Fields(context, registry, bodyRoot),
    ...altairFields(context, registry, committeeWeighing),
    latestExecutionPayloadHeader: denebPayloadHeader(context.executionBlock),
  };
}
