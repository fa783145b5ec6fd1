import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf, tokenOf } from './run-token.ts';

describe('tokens of runs', () => {
  it('carry any identity there and back', () => {
    const identity = fc.record({
      pid: fc.integer({ min: 2, max: 4_194_304 }),
      bootId: fc.string({ minLength: 1 }),
      startToken: fc.constantFrom('12345', 'Sun Nov 22 16:00:00 2026', 'a/b %'),
    });
    const placed = fc.tuple(identity, fc.constantFrom({}, { place: '0a.1b' }));
    fc.assert(
      fc.property(placed, ([one, place]) => {
        expect(identityOf(tokenOf({ ...one, ...place }))).toEqual({ ...one, ...place });
      }),
    );
  });

  it.each([
    '',
    'nobody',
    'boot/1/2',
    'boot/0/2',
    'boot/-5/2',
    'boot/7',
    'boot/7/',
    'a/7/8/',
    'a/7/8/9/x',
    'boot/7/%',
  ])('are not made of %j', (token) => {
    expect(identityOf(token)).toBeUndefined();
  });
});
