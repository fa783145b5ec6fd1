/** One measurement. Time is monotonic, so that a clock that is set does not look like speed. */
export interface SlopePoint {
  readonly atMs: number;
  readonly value: number;
}

/** Per second. `low` and `high` are the quartiles of the slopes between any two points. */
export interface RobustSlope {
  readonly perSecond: number;
  readonly low: number;
  readonly high: number;
}

/** All pairs of more points than this cost more than they tell. */
const mostPoints = 90;
const fewestPoints = 4;

/**
 * The Theil-Sen estimate: the median of the slopes between all pairs of points. Up to 29 % of the points may be
 * anything without moving it. Undefined for fewer than four points.
 */
export function robustSlope(points: readonly SlopePoint[]): RobustSlope | undefined {
  const chosen = thinned(points);
  if (chosen.length < fewestPoints) return undefined;
  const slopes: number[] = [];
  for (const [index, from] of chosen.entries()) {
    for (const to of chosen.slice(index + 1)) {
      const seconds = (to.atMs - from.atMs) / 1_000;
      if (seconds > 0) slopes.push((to.value - from.value) / seconds);
    }
  }
  if (slopes.length === 0) return undefined;
  slopes.sort((a, b) => a - b);
  return { perSecond: quantile(slopes, 0.5), low: quantile(slopes, 0.25), high: quantile(slopes, 0.75) };
}

/** Evenly spread over the list, the first and the last among them. */
function thinned(points: readonly SlopePoint[]): readonly SlopePoint[] {
  if (points.length <= mostPoints) return points;
  const stride = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => points[Math.round(index * stride)]).filter(
    (point): point is SlopePoint => point !== undefined,
  );
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
