import type { NetworkDefinition } from './definition.ts';

/** The dates and numbers of one iteration that follow from the definition alone. */
export interface ScheduledIteration {
  readonly iteration: number;
  readonly chainId: number;
  /** T: the end of the iteration before and the start of this one; the execution genesis timestamp. */
  readonly startSeconds: number;
  /** T + genesisDelay: slot 0. */
  readonly genesisSeconds: number;
  /** T of the next one. */
  readonly endSeconds: number;
}

/**
 * The iteration that the clock asks for: floor((now - base) / period).
 * Source: EIP-6916, "Genesis"; negative before the network's base time.
 */
export function iterationAt(definition: NetworkDefinition, nowMs: number): number {
  return Math.floor((nowMs / 1000 - definition.baseTimeSeconds) / definition.periodSeconds);
}

/** Start, genesis, end and chain id of an iteration: chainId = baseChainId + i (EIP-6916). */
export function scheduleOf(definition: NetworkDefinition, iteration: number): ScheduledIteration {
  const startSeconds = definition.baseTimeSeconds + iteration * definition.periodSeconds;
  return {
    iteration,
    chainId: definition.baseChainId + iteration,
    startSeconds,
    genesisSeconds: startSeconds + definition.genesisDelaySeconds,
    endSeconds: startSeconds + definition.periodSeconds,
  };
}

/** The tag under which an iteration is published, for instance `ephemery-160`. */
export function releaseTag(definition: NetworkDefinition, iteration: number): string {
  return `${definition.releaseTagPrefix}${iteration}`;
}
