import type { NetworkDefinition } from './definition.ts';
import { scheduleOf } from './schedule.ts';

const minuteMs = 60_000;
/** A genesis that is published again is so in the hours about T; later ones would split the network. */
const carefulMs = 2 * 60 * minuteMs;
const careful = { everyMs: 15 * minuteMs, laterEveryMs: 24 * 60 * minuteMs };

/**
 * How long a release that is held may go without being asked for again, milliseconds: 15 minutes in the two hours
 * before and after its T, a day otherwise, and at most once in the life of a short network.
 */
export function recheckEveryMs(definition: NetworkDefinition, iteration: number, nowMs: number): number {
  const startMs = scheduleOf(definition, iteration).startSeconds * 1000;
  const isNear = Math.abs(nowMs - startMs) <= carefulMs;
  const everyMs = isNear ? careful.everyMs : careful.laterEveryMs;
  const lifeMs = definition.periodSeconds * 1000;
  return lifeMs < careful.laterEveryMs ? lifeMs : everyMs;
}
