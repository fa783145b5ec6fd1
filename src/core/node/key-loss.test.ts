import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import type { KeyInventory } from './journal-entry.ts';
import { emptyJournal, type JournalState } from './journal-state.ts';
import { keyLoss } from './key-loss.ts';

const inventory = (...keys: string[]): KeyInventory => ({
  count: keys.length,
  fingerprint: keys.join('+'),
  keys,
});
const unnamed = ({ count, fingerprint }: KeyInventory): KeyInventory => ({ count, fingerprint });

function loss(recorded: KeyInventory, found: KeyInventory, more: Partial<JournalState> = {}) {
  return keyLoss({ journal: { ...emptyJournal, keys: recorded, ...more }, keys: known(found) });
}

describe('keys that are missing', () => {
  it('are told by name, however many others came', () => {
    expect(loss(inventory('a', 'b'), inventory('a', 'c', 'd'))).toEqual({ missing: 1, examples: ['b'] });
    expect(loss(inventory('a', 'b'), inventory())).toEqual({ missing: 2, examples: ['a', 'b'] });
  });

  it('are none when all are there, or cannot be read, or were never recorded', () => {
    expect(loss(inventory('a', 'b'), inventory('a', 'b'))).toBeUndefined();
    expect(loss(inventory('a'), inventory('a', 'b'))).toBeUndefined();
    const journal = { ...emptyJournal, keys: inventory('a') };
    expect(keyLoss({ journal, keys: unknown('EIO') })).toBeUndefined();
    expect(keyLoss({ journal: emptyJournal, keys: known(inventory('a')) })).toBeUndefined();
  });

  it('are accepted for exactly the keys that a person agreed to', () => {
    const consents = [{ consent: 'fewer-keys', subject: 'a+c' }] as const;
    expect(loss(inventory('a', 'b'), inventory('a', 'c'), { consents })).toBeUndefined();
    expect(loss(inventory('a', 'b'), inventory('a', 'd'), { consents })).toBeDefined();
  });

  it('are told by number where the record has no names', () => {
    const recorded = unnamed(inventory('a', 'b'));
    expect(loss(recorded, inventory('a'))).toMatchObject({ missing: 1 });
    expect(loss(recorded, inventory('a', 'c'))).toMatchObject({ missing: 1 });
    expect(loss(recorded, inventory('a', 'b', 'c'))).toBeUndefined();
  });
});
