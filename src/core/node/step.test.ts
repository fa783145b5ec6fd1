import { expect, it } from 'vitest';
import type { NetworkIdentity } from '../network/identity.ts';
import { describeStep } from './step.ts';

it('a step about keys names the sets, or the node where it has none', () => {
  const identity = {} as NetworkIdentity;
  const words = (keySets: readonly string[]) =>
    describeStep({ kind: 'guard-keys', lane: 'validator', identity, keySets });
  expect(words(['main', 'other'])).toBe('see that nobody else signs with main, other');
  expect(words([])).toBe('see that nobody else signs with the keys of the node');
});
