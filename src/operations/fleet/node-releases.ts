import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { ObtainOutcome, ReleaseLibrary } from '../../releases/release-library.ts';
import type { NodeReleases, ObtainAnswer } from '../node/node-environment.ts';

/**
 * A network's releases as its nodes ask for them. A release that differs from the definition or from an earlier
 * one of its number is kept too: whether to adopt it is each node's decision, asked of a person there.
 */
export function nodeReleases(library: ReleaseLibrary): NodeReleases {
  const told = new ToldOfReleases();
  const comparing = new Set<number>();
  /** Beside what waits for the release: a slow second source must not hold up a reset. */
  const compare = async (iteration: number, signal: AbortSignal): Promise<void> => {
    if (comparing.has(iteration)) return;
    comparing.add(iteration);
    const found = await library.compare(iteration, signal).catch(() => undefined);
    if (found === undefined) comparing.delete(iteration);
    else told.compared(iteration, found);
  };
  return {
    findings: () => [...told.findings, ...library.clockFindings()],
    held: async (iteration) => {
      const held = await library.held(iteration);
      // The library lists the newest first; a node wants them in order of arrival.
      return held.map(({ bundle }) => bundle).reverse();
    },
    obtain: async (iteration, signal, { refresh = false } = {}) => {
      try {
        const consents = ['schedule-change', 'reissued-genesis'] as const;
        const outcome = await library.obtain({ iteration, consents, refresh, signal });
        told.asked(iteration, outcome.findings);
        if (outcome.outcome === 'held') void compare(iteration, signal);
        return toAnswer(outcome);
      } catch (cause) {
        if (signal.aborted) throw cause;
        return { answer: 'unknown', reason: messageOf(cause) };
      }
    },
  };
}

/** What asking and comparing gave to tell, of the two latest iterations: one answer says nothing of the other's. */
class ToldOfReleases {
  private readonly byIteration = new Map<
    number,
    { asked: readonly Finding[]; compared: readonly Finding[] }
  >();

  get findings(): readonly Finding[] {
    return [...this.byIteration.values()].flatMap(({ asked, compared }) => [...asked, ...compared]);
  }

  asked(iteration: number, asked: readonly Finding[]): void {
    this.byIteration.set(iteration, { asked, compared: this.byIteration.get(iteration)?.compared ?? [] });
    const latest = Math.max(...this.byIteration.keys());
    for (const old of this.byIteration.keys()) if (old < latest - 1) this.byIteration.delete(old);
  }

  compared(iteration: number, compared: readonly Finding[]): void {
    this.byIteration.set(iteration, { asked: this.byIteration.get(iteration)?.asked ?? [], compared });
  }
}

function toAnswer(outcome: ObtainOutcome): ObtainAnswer {
  switch (outcome.outcome) {
    case 'held':
      return { answer: 'found' };
    case 'not-yet':
      return { answer: 'not-yet', detail: outcome.detail };
    case 'unknown':
      return { answer: 'unknown', reason: outcome.reason };
    case 'needs-consent':
      return { answer: 'unknown', reason: `consent is needed: ${outcome.needsConsent.join(', ')}` };
  }
}
