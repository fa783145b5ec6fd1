import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { ObtainOutcome, ReleaseLibrary } from '../../releases/release-library.ts';
import type { NodeReleases, ObtainAnswer } from '../node/node-environment.ts';

/**
 * A network's releases as its nodes ask for them. A release that differs from the definition or from an earlier
 * one of its number is kept too: whether to adopt it is each node's decision, asked of a person there.
 */
export function nodeReleases(library: ReleaseLibrary): NodeReleases {
  let lastFindings: readonly Finding[] = [];
  return {
    findings: () => [...lastFindings, ...library.clockFindings()],
    held: async (iteration) => {
      const held = await library.held(iteration);
      // The library lists the newest first; a node wants them in order of arrival.
      return held.map(({ bundle }) => bundle).reverse();
    },
    obtain: async (iteration, signal, { refresh = false } = {}) => {
      try {
        const consents = ['schedule-change', 'reissued-genesis'] as const;
        const outcome = await library.obtain({ iteration, consents, refresh, signal });
        lastFindings = outcome.findings;
        return toAnswer(outcome);
      } catch (cause) {
        if (signal.aborted) throw cause;
        return { answer: 'unknown', reason: messageOf(cause) };
      }
    },
  };
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
