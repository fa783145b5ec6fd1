import type { RobustSlope } from './robust-slope.ts';

/** When a layer reaches the head of its network, and how sure that is. */
export type Arrival =
  | { readonly kind: 'there' }
  /** Too few measurements, or a stage whose end cannot be counted. */
  | { readonly kind: 'unmeasured' }
  /** It is no faster than the network itself. */
  | { readonly kind: 'never' }
  | {
      readonly kind: 'coming';
      readonly inMs: number;
      /** With the speed of the better and of the worse half of the measurements; `latestInMs` absent: perhaps never. */
      readonly earliestInMs: number;
      readonly latestInMs?: number;
    };

/** One a slot is what the network itself does; slower than this above it is as good as never. */
const leastGainPerSecond = 0.001;

/**
 * The head moves on while we come nearer, so that the distance shrinks with the speed above the network's own.
 * `headPerSecond`: blocks or slots that the network makes.
 */
export function arrivalOf(distance: number, slope: RobustSlope | undefined, headPerSecond: number): Arrival {
  if (distance <= 0) return { kind: 'there' };
  if (slope === undefined) return { kind: 'unmeasured' };
  const inMs = (speed: number) => {
    const gain = speed - headPerSecond;
    return gain < leastGainPerSecond ? undefined : Math.round((distance / gain) * 1_000);
  };
  const middle = inMs(slope.perSecond);
  if (middle === undefined) return { kind: 'never' };
  const latest = inMs(slope.low);
  return {
    kind: 'coming',
    inMs: middle,
    earliestInMs: inMs(slope.high) ?? middle,
    ...(latest === undefined ? {} : { latestInMs: latest }),
  };
}
