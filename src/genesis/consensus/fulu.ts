import { ssz } from '@lodestar/types';
import { electraFields } from './electra.ts';
import type { GenesisFork } from './genesis-state.ts';
import { genesisState } from './genesis-state.ts';
import { proposerLookahead } from './proposer-lookahead.ts';
import { validatorRegistry } from './validator-registry.ts';

/** Genesis at Fulu: Electra and the proposers of the first two epochs (EIP-7917). */
export const fuluGenesis: GenesisFork = {
  name: 'fulu',
  build(context) {
    const registry = validatorRegistry(context);
    return genesisState(ssz.fulu.BeaconState, {
      ...ssz.fulu.BeaconState.defaultValue(),
      ...electraFields(context, registry),
      proposerLookahead: proposerLookahead(context, registry),
    });
  },
};
