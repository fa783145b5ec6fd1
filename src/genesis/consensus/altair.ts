import type { altair } from '@lodestar/types';
import { ssz } from '@lodestar/types';
import type { Weighing } from './candidates.ts';
import type { GenesisContext, GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { phase0Fields } from './phase0.ts';
import { genesisSyncCommittee } from './sync-committee.ts';
import type { ValidatorRegistry } from './validator-registry.ts';
import { maxEffectiveBalanceGwei, validatorRegistry } from './validator-registry.ts';

/** Until Electra. */
export const byteWeighing: Weighing = { randomBytes: 1, highestBalanceGwei: maxEffectiveBalanceGwei };

/** Genesis at Altair: participation, inactivity scores and sync committees come in. */
export const altairGenesis: GenesisFork = {
  name: 'altair',
  build(context) {
    const registry = validatorRegistry(context);
    const bodyRoot = ssz.altair.BeaconBlockBody.hashTreeRoot(ssz.altair.BeaconBlockBody.defaultValue());
    return genesisState(ssz.altair.BeaconState, {
      ...ssz.altair.BeaconState.defaultValue(),
      ...phase0Fields(context, registry, bodyRoot),
      ...altairFields(context, registry, byteWeighing),
    });
  },
};

type AltairFields = Pick<
  altair.BeaconState,
  | 'previousEpochParticipation'
  | 'currentEpochParticipation'
  | 'inactivityScores'
  | 'currentSyncCommittee'
  | 'nextSyncCommittee'
>;

/** What Altair added and later forks kept. At genesis the committee serves for the next period as well. */
export function altairFields(
  context: GenesisContext,
  registry: ValidatorRegistry,
  weighing: Weighing,
): AltairFields {
  const committee = genesisSyncCommittee(context, registry, weighing);
  const zeros = () => new Array<number>(registry.validators.length).fill(0);
  return {
    previousEpochParticipation: zeros(),
    currentEpochParticipation: zeros(),
    inactivityScores: zeros(),
    currentSyncCommittee: committee,
    nextSyncCommittee: committee,
  };
}
