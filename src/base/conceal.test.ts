import { expect, it } from 'vitest';
import { conceal } from './conceal.ts';

it('takes secrets out of a text in every form in which somebody may quote them', () => {
  const secret = 'pass "word"/1';
  for (const form of [secret, JSON.stringify({ secret }), encodeURIComponent(secret)])
    expect(conceal(`so ${form} it is`, [secret])).not.toContain('word');
  expect(conceal('the longer one first: abcdef', ['abcd', 'abcdef'])).toBe('the longer one first: [secret]');
  expect(conceal('of a short one nothing is known', ['a'])).toBe('of a short one nothing is known');
});
