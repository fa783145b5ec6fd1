import type { SlopePoint } from './robust-slope.ts';
import { type LayerProgress, restingStages } from './sync-stage.ts';

/** How long speed is measured over. */
const windowMs = 600_000;
const mostPoints = 600;
/** A head that goes back further than a reorganisation is another chain, or another database. */
const mostReorg = 64;

/** After a pause this long the speed before it says nothing of the speed after it. */
const pauseMs = 120_000;

/** What is remembered of one layer's progress. Times are monotonic. */
export interface ProgressTrack {
  readonly points: readonly SlopePoint[];
  /** When the layer last moved, or last had no need to. */
  readonly movedAtMs: number;
  readonly last: LayerProgress;
}

/** The track after one more look. An answer that did not come neither moves nor stalls anything. */
export function tracked(
  track: ProgressTrack | undefined,
  progress: LayerProgress,
  atMs: number,
): ProgressTrack {
  if (progress.stage === 'silent') {
    return { points: track?.points ?? [], movedAtMs: atMs, last: progress };
  }
  const head = progress.head ?? 0;
  const lastValue = track?.points.at(-1)?.value;
  const hasMoved =
    track === undefined || restingStages.includes(progress.stage) || progress.mark !== track.last.mark;
  const wokeUp = hasMoved && track !== undefined && atMs - track.movedAtMs > pauseMs;
  const wentBack = lastValue !== undefined && head < lastValue - mostReorg;
  const isNew = wentBack || wokeUp || isOther(track?.last, progress);
  const kept = isNew ? [] : (track?.points ?? []).filter((point) => point.atMs > atMs - windowMs);
  return {
    points: [...kept, { atMs, value: head }].slice(-mostPoints),
    movedAtMs: hasMoved ? atMs : track.movedAtMs,
    last: progress,
  };
}

/** Speeds of one stage say nothing of the next. A client that was silent goes on where it was. */
function isOther(last: LayerProgress | undefined, next: LayerProgress): boolean {
  return last !== undefined && last.stage !== 'silent' && last.stage !== next.stage;
}

/** For how long a layer that should move has not; 0 while it does, rests or is silent. */
export function stalledForMs(track: ProgressTrack, atMs: number, slotSeconds: number): number {
  const sinceMs = atMs - track.movedAtMs;
  return sinceMs >= stallAfterMs(slotSeconds) ? sinceMs : 0;
}

/** Clients pause for minutes between batches; on short slots less is too long. */
function stallAfterMs(slotSeconds: number): number {
  return Math.min(300_000, Math.max(30_000, slotSeconds * 25_000));
}
