import {
  EFFECTIVE_BALANCE_INCREMENT,
  INACTIVITY_PENALTY_QUOTIENT_BELLATRIX,
  MAX_EFFECTIVE_BALANCE_ELECTRA,
  TIMELY_HEAD_WEIGHT,
  TIMELY_SOURCE_WEIGHT,
  TIMELY_TARGET_WEIGHT,
  WEIGHT_DENOMINATOR,
} from '@lodestar/params';
import {
  beforeProcessEpoch,
  type CachedBeaconStateAltair,
  type computeAttestationsRewards,
  type EpochTransitionCache,
  FLAG_ELIGIBLE_ATTESTER,
  FLAG_PREV_HEAD_ATTESTER_UNSLASHED,
  FLAG_PREV_SOURCE_ATTESTER_UNSLASHED,
  FLAG_PREV_TARGET_ATTESTER_UNSLASHED,
  hasMarkers,
  isInInactivityLeak,
} from '@lodestar/state-transition';
import {
  processInactivityUpdates,
  processJustificationAndFinalization,
} from '@lodestar/state-transition/epoch';
import type { ChainState } from '../types.ts';

type Rewards = Awaited<ReturnType<typeof computeAttestationsRewards>>;
type Ideal = Rewards['idealRewards'][number];
type Total = Rewards['totalRewards'][number];

/** What the epoch transition decides about before it pays. */
interface Payday {
  readonly state: ChainState;
  readonly cache: EpochTransitionCache;
  readonly isLeaking: boolean;
}

const highestIncrement = MAX_EFFECTIVE_BALANCE_ELECTRA / EFFECTIVE_BALANCE_INCREMENT;

/**
 * What the epoch transition after this state pays and takes for the attestations of the epoch before the state's.
 * The library's `computeAttestationsRewards` rounds where the transition rounds down, takes Altair's inactivity
 * quotient, and does not see what the transition decides first: finality, and with it the leak, and the scores.
 * Source: consensus-specs altair and bellatrix beacon-chain.md, `get_flag_index_deltas`, `get_inactivity_penalty_deltas`.
 */
export function attestationRewards(before: ChainState, indices?: readonly number[]): Rewards {
  const state = before.clone();
  const cache = beforeProcessEpoch(state);
  processJustificationAndFinalization(state, cache);
  processInactivityUpdates(state as unknown as CachedBeaconStateAltair, cache);
  const payday = { state, cache, isLeaking: isInInactivityLeak(state) };
  const idealRewards = Array.from({ length: highestIncrement + 1 }, (_, i) => idealOf(payday, i));
  const wanted = indices ?? cache.flags.keys();
  const totalRewards = [...wanted].flatMap((index) => totalOf(payday, idealRewards, index));
  return { idealRewards, totalRewards };
}

function idealOf({ cache, isLeaking }: Payday, increment: number): Ideal {
  const { prevEpochUnslashedStake: stake, totalActiveStakeByIncrement: active } = cache;
  const reward = (weight: number, participating: number) =>
    isLeaking
      ? 0
      : Math.floor(
          (increment * cache.baseRewardPerIncrement * weight * participating) / (active * WEIGHT_DENOMINATOR),
        );
  return {
    effectiveBalance: increment * EFFECTIVE_BALANCE_INCREMENT,
    head: reward(TIMELY_HEAD_WEIGHT, stake.headStakeByIncrement),
    target: reward(TIMELY_TARGET_WEIGHT, stake.targetStakeByIncrement),
    source: reward(TIMELY_SOURCE_WEIGHT, stake.sourceStakeByIncrement),
    inclusionDelay: 0,
    inactivity: 0,
  };
}

/** Nothing for whoever was not active: they could neither earn nor lose. */
function totalOf({ state, cache }: Payday, ideals: readonly Ideal[], index: number): Total[] {
  const flags = cache.flags[index] ?? 0;
  const increment = state.epochCtx.effectiveBalanceIncrements[index] ?? 0;
  const ideal = ideals[increment];
  if (ideal === undefined || !hasMarkers(flags, FLAG_ELIGIBLE_ATTESTER)) return [];
  const penalty = (weight: number) =>
    -Math.floor((increment * cache.baseRewardPerIncrement * weight) / WEIGHT_DENOMINATOR);
  const hasTarget = hasMarkers(flags, FLAG_PREV_TARGET_ATTESTER_UNSLASHED);
  const hasSource = hasMarkers(flags, FLAG_PREV_SOURCE_ATTESTER_UNSLASHED);
  return [
    {
      validatorIndex: index,
      head: hasMarkers(flags, FLAG_PREV_HEAD_ATTESTER_UNSLASHED) ? ideal.head : 0,
      target: hasTarget ? ideal.target : penalty(TIMELY_TARGET_WEIGHT),
      source: hasSource ? ideal.source : penalty(TIMELY_SOURCE_WEIGHT),
      inclusionDelay: 0,
      inactivity: hasTarget ? 0 : inactivityPenalty(state, index, increment),
    },
  ];
}

function inactivityPenalty(state: ChainState, index: number, increment: number): number {
  const score = state.inactivityScores.get(index);
  const quotient = state.config.INACTIVITY_SCORE_BIAS * INACTIVITY_PENALTY_QUOTIENT_BELLATRIX;
  return 0 - Math.floor((increment * EFFECTIVE_BALANCE_INCREMENT * score) / quotient);
}
