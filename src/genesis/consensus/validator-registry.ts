import type { phase0 } from '@lodestar/types';
import { reachesFork } from '../../core/network/forks.ts';
import type { GenesisValidator } from '../../core/network/validators-file.ts';
import { genesisErrors } from '../errors.ts';
import type { Candidates } from './candidates.ts';
import type { GenesisContext } from './genesis-state.ts';

const gweiPerEth = 1_000_000_000;
/** MAX_EFFECTIVE_BALANCE and MAX_EFFECTIVE_BALANCE_ELECTRA of the mainnet preset. */
export const maxEffectiveBalanceGwei = 32 * gweiPerEth;
export const maxEffectiveBalanceElectraGwei = 2048 * gweiPerEth;

const compoundingPrefix = 2;

export interface ValidatorRegistry extends Candidates {
  readonly validators: phase0.Validator[];
  readonly balances: number[];
}

/**
 * The validators of a genesis state: active from epoch 0 with an effective balance of 32 ETH or more,
 * else known and never activated. Compounding ones (0x02) keep up to 2048 ETH from Electra on.
 * Throws EPH-GENESIS-NO-VALIDATORS.
 */
export function validatorRegistry(context: GenesisContext): ValidatorRegistry {
  const isElectra = reachesFork(context.config.genesisFork, 'electra');
  const validators = context.validators.map((validator) => registryEntry(validator, isElectra));
  const activeIndices = [...validators.keys()].filter((index) => validators[index]?.activationEpoch === 0);
  if (activeIndices.length === 0) throw genesisErrors.create('EPH-GENESIS-NO-VALIDATORS', {});
  return {
    validators,
    balances: context.validators.map(({ balanceGwei }) => balanceGwei),
    activeIndices,
    effectiveBalances: validators.map(({ effectiveBalance }) => effectiveBalance),
  };
}

function registryEntry(validator: GenesisValidator, isElectra: boolean): phase0.Validator {
  const compounds = isElectra && validator.withdrawalCredentials[0] === compoundingPrefix;
  const highest = compounds ? maxEffectiveBalanceElectraGwei : maxEffectiveBalanceGwei;
  const effectiveBalance = Math.min(validator.balanceGwei, highest);
  const activation = effectiveBalance >= maxEffectiveBalanceGwei ? 0 : Number.POSITIVE_INFINITY;
  return {
    pubkey: validator.pubkey,
    withdrawalCredentials: validator.withdrawalCredentials,
    effectiveBalance,
    slashed: false,
    activationEligibilityEpoch: activation,
    activationEpoch: activation,
    exitEpoch: Number.POSITIVE_INFINITY,
    withdrawableEpoch: Number.POSITIVE_INFINITY,
  };
}
