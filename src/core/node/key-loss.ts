import type { KeyInventory } from './journal-entry.ts';
import { hasConsent } from './journal-state.ts';
import type { ObservedNode } from './observed.ts';

export interface KeyLoss {
  readonly missing: number;
  /** The beginnings of some of the public keys that are missing; none when the record does not name its keys. */
  readonly examples: readonly string[];
}

const mostExamples = 3;

/**
 * Recorded keys that are not there any more: as many keys as before are no comfort when they are others. Undefined
 * while nothing is missing, while the keys cannot be read, and once a person has accepted the loss.
 */
export function keyLoss({ keys, journal }: Pick<ObservedNode, 'keys' | 'journal'>): KeyLoss | undefined {
  const recorded = journal.keys;
  if (recorded === undefined || !keys.known || keys.value.fingerprint === recorded.fingerprint)
    return undefined;
  if (hasConsent(journal, 'fewer-keys', keys.value.fingerprint)) return undefined;
  const loss = lossBetween(recorded, keys.value);
  return loss.missing === 0 ? undefined : loss;
}

function lossBetween(recorded: KeyInventory, found: KeyInventory): KeyLoss {
  if (recorded.keys !== undefined && found.keys !== undefined) {
    const there = new Set(found.keys);
    const gone = recorded.keys.filter((key) => !there.has(key));
    return { missing: gone.length, examples: gone.slice(0, mostExamples) };
  }
  // An old record has no names: as many others mean that at least one was replaced.
  const fewer = Math.max(0, recorded.count - found.count);
  return { missing: fewer > 0 ? fewer : found.count === recorded.count ? 1 : 0, examples: [] };
}
