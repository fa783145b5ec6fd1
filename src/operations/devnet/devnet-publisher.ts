import { type Clock, maxSleepMs } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { iterationAt, releaseTag, scheduleOf } from '../../core/network/schedule.ts';

export interface DevnetPublisherOptions {
  readonly definition: NetworkDefinition;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the release of an iteration unless it is there; says in which folder it is. */
  build(iteration: number, signal: AbortSignal): Promise<string>;
  /** Puts a built release before the network's users under its tag. */
  publish(tag: string, folder: string): Promise<void>;
  /** Forgets releases of iterations before this one. */
  prune(oldestKept: number): Promise<void>;
}

/** Releases of so many ended iterations stay on the disk, for a node that was away. */
const endedReleasesKept = 2;

/**
 * A release is made so long before it is published, or half the lead when that is less: time enough to build it,
 * and users can place validators until then.
 */
const buildAheadMs = 10_000;

/** The iterations whose releases must be out at `nowMs`: the current one, and the next from its publish lead on. */
export function publishedAt(definition: NetworkDefinition, nowMs: number): readonly number[] {
  const current = iterationAt(definition, nowMs);
  const nextStartMs = scheduleOf(definition, current + 1).startSeconds * 1000;
  return nowMs >= nextStartMs - definition.publishLeadSeconds * 1000 ? [current, current + 1] : [current];
}

/**
 * Publishes every iteration of a devnet in its time until the signal: the first release of the current
 * iteration before it returns, the others in `done`, which rejects only with the signal's reason or a failed build.
 */
export async function startDevnetPublisher(
  options: DevnetPublisherOptions,
  signal: AbortSignal,
): Promise<{ readonly done: Promise<void> }> {
  const published = new Set<number>();
  await publishDue(options, published, signal);
  return { done: keepPublishing(options, published, signal) };
}

async function keepPublishing(
  options: DevnetPublisherOptions,
  published: Set<number>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, definition } = options;
  while (!signal.aborted) {
    const next = iterationAt(definition, clock.nowMs()) + 1;
    if (clock.nowMs() >= changesOf(definition, next).buildMs) await options.build(next, signal);
    await publishDue(options, published, signal);
    await clock.sleep(Math.min(nextChangeMs(definition, clock.nowMs()), maxSleepMs), signal);
  }
}

async function publishDue(
  options: DevnetPublisherOptions,
  published: Set<number>,
  signal: AbortSignal,
): Promise<void> {
  const { definition, clock, log } = options;
  for (const iteration of publishedAt(definition, clock.nowMs())) {
    if (published.has(iteration)) continue;
    const folder = await options.build(iteration, signal);
    await options.publish(releaseTag(definition, iteration), folder);
    published.add(iteration);
    log.info('a release is published', { iteration });
    await options.prune(iteration - 1 - endedReleasesKept);
  }
}

/** When something is to be done for an iteration: built, published, begun. */
function changesOf(definition: NetworkDefinition, iteration: number) {
  const startMs = scheduleOf(definition, iteration).startSeconds * 1000;
  const leadMs = definition.publishLeadSeconds * 1000;
  return {
    buildMs: startMs - leadMs - Math.min(buildAheadMs, leadMs / 2),
    publishMs: startMs - leadMs,
    startMs,
  };
}

/** Milliseconds until the next of these. */
function nextChangeMs(definition: NetworkDefinition, nowMs: number): number {
  const times = Object.values(changesOf(definition, iterationAt(definition, nowMs) + 1));
  return Math.min(...times.filter((timeMs) => timeMs > nowMs)) - nowMs;
}
