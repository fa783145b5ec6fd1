import { backoffMs } from '../../base/backoff.ts';
import { messageOf } from '../../base/errors.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { recheckEveryMs } from '../../core/network/release-recheck.ts';
import type { NodeEnvironment, ObtainAnswer } from './node-environment.ts';

const heldForMs = 15_000;

interface Errand {
  running: boolean;
  tries: number;
  nextMs: number;
}

/** Fetches releases beside the running node, and remembers for a moment which ones are on the disk. */
export class ReleaseDesk {
  private readonly env: NodeEnvironment;
  private readonly options: { readonly periodSeconds: number; readonly arrived: () => void };
  private readonly errands = new Map<number, Errand>();
  /** When each held iteration was last asked for, or first seen, monotonic. */
  private readonly askedMs = new Map<number, number>();
  private readonly cache = new Map<number, { bundles: readonly ReleaseBundle[]; untilMs: number }>();

  constructor(
    env: NodeEnvironment,
    options: { readonly periodSeconds: number; readonly arrived: () => void },
  ) {
    this.env = env;
    this.options = options;
  }

  /** Verified bundles of these iterations; of one that cannot be read now, what was last known. */
  async held(iterations: readonly number[]): Promise<readonly ReleaseBundle[]> {
    const lists = await Promise.all(iterations.map((iteration) => this.heldOf(iteration)));
    return lists.flat();
  }

  /** Sees that these are being fetched, each at its pace. Returns at once. */
  want(iterations: readonly number[], signal: AbortSignal): void {
    const nowMs = this.env.clock.monotonicMs();
    for (const iteration of iterations) {
      const errand = this.errands.get(iteration) ?? { running: false, tries: 0, nextMs: 0 };
      this.errands.set(iteration, errand);
      if (errand.running || nowMs < errand.nextMs) continue;
      errand.running = true;
      void this.fetch(iteration, errand, signal);
    }
    for (const [iteration, errand] of this.errands) {
      if (!errand.running && !iterations.includes(iteration)) this.errands.delete(iteration);
    }
  }

  /**
   * Asks again for iterations that are held, each when it is due, so that a genesis published a second time is
   * noticed; what is held stays, and whether to move is asked of a person. Returns at once.
   */
  recheck(network: NetworkDefinition, iterations: readonly number[], signal: AbortSignal): void {
    const { clock, log } = this.env;
    for (const iteration of iterations) {
      const nowMs = clock.monotonicMs();
      const sinceMs = this.askedMs.get(iteration) ?? nowMs;
      this.askedMs.set(iteration, sinceMs);
      if (nowMs - sinceMs < recheckEveryMs(network, iteration, clock.nowMs())) continue;
      this.askedMs.set(iteration, nowMs);
      void this.env.releases.obtain(iteration, signal, { refresh: true }).then(
        () => this.cache.delete(iteration),
        (thrown: unknown) =>
          log.debug('a release could not be asked for again', { iteration, reason: messageOf(thrown) }),
      );
    }
    for (const old of this.askedMs.keys()) if (!iterations.includes(old)) this.askedMs.delete(old);
  }

  /** Monotonic milliseconds until the next try of any; undefined when none waits. */
  nextTryMs(): number | undefined {
    const waiting = [...this.errands.values()].filter((errand) => !errand.running);
    if (waiting.length === 0) return undefined;
    return Math.max(0, Math.min(...waiting.map((e) => e.nextMs)) - this.env.clock.monotonicMs());
  }

  private async heldOf(iteration: number): Promise<readonly ReleaseBundle[]> {
    const nowMs = this.env.clock.monotonicMs();
    const cached = this.cache.get(iteration);
    if (cached !== undefined && nowMs < cached.untilMs) return cached.bundles;
    const bundles = await this.env.releases.held(iteration).catch((thrown) => {
      this.env.log.warn('releases on the disk could not be read', { iteration, reason: messageOf(thrown) });
      return cached?.bundles ?? [];
    });
    this.cache.set(iteration, { bundles, untilMs: nowMs + heldForMs });
    return bundles;
  }

  private async fetch(iteration: number, errand: Errand, signal: AbortSignal): Promise<void> {
    const answer = await this.env.releases
      .obtain(iteration, signal)
      .catch((thrown): ObtainAnswer => ({ answer: 'unknown', reason: messageOf(thrown) }));
    this.env.log.debug('asked for a release', { iteration, ...answer });
    errand.running = false;
    errand.nextMs = this.env.clock.monotonicMs() + this.pauseMs(errand.tries);
    errand.tries += 1;
    if (answer.answer !== 'found') return;
    this.cache.delete(iteration);
    this.options.arrived();
  }

  /** 15 s growing to 60 s on the public network; in proportion where a life is short. */
  private pauseMs(tries: number): number {
    const firstMs = Math.min(20_000, this.options.periodSeconds * 10);
    return backoffMs({ firstMs, lastMs: firstMs * 3 }, tries, this.env.random);
  }
}
