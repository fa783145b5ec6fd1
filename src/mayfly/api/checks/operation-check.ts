import {
  assertValidAttesterSlashing,
  assertValidProposerSlashing,
  getVoluntaryExitValidity,
  isSlashableValidator,
  isValidBlsToExecutionChange,
  VoluntaryExitValidity,
} from '@lodestar/state-transition';
import type { capella, electra, phase0 } from '@lodestar/types';
import { slashedBy } from '../../pools/operation-pool.ts';
import type { ChainState } from '../../types.ts';
import { demand } from './signatures.ts';

/** Conditions and signatures of what may be put into a block on this state. Source: consensus-specs, beacon-chain.md. */
export function checkVoluntaryExit(state: ChainState, exit: phase0.SignedVoluntaryExit): void {
  const { validatorIndex } = exit.message;
  demand(validatorIndex < state.validators.length, `validator ${validatorIndex} is not known`);
  const validity = getVoluntaryExitValidity(state.config.getForkSeq(state.slot), state, exit, true);
  demand(validity === VoluntaryExitValidity.valid, `Invalid voluntary exit: ${validity}`);
}

export function checkProposerSlashing(state: ChainState, slashing: phase0.ProposerSlashing): void {
  const { proposerIndex } = slashing.signedHeader1.message;
  demand(proposerIndex < state.validators.length, `validator ${proposerIndex} is not known`);
  const { config, epochCtx, slot, validators } = state;
  const proposer = validators.getReadonly(proposerIndex);
  assertValidProposerSlashing(config, epochCtx.pubkeyCache, slot, slashing, proposer, true);
}

export function checkAttesterSlashing(state: ChainState, slashing: electra.AttesterSlashing): void {
  const { config, epochCtx, slot, validators } = state;
  assertValidAttesterSlashing(config, epochCtx.pubkeyCache, slot, validators.length, slashing, true);
  const slashable = slashedBy(slashing).some((index) =>
    isSlashableValidator(validators.getReadonly(index), epochCtx.epoch),
  );
  demand(slashable, 'Invalid attester slashing: it slashes nobody');
}

export function checkBlsChange(state: ChainState, change: capella.SignedBLSToExecutionChange): void {
  const { validatorIndex } = change.message;
  demand(validatorIndex < state.validators.length, `validator ${validatorIndex} is not known`);
  const result = isValidBlsToExecutionChange(
    state.config,
    state.validators.getReadonly(validatorIndex),
    change,
    true,
  );
  if (!result.valid) throw result.error;
}
