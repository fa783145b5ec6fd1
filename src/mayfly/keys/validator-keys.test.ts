import { describe, expect, it } from 'vitest';
import { deriveValidatorKeys } from './validator-keys.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('keys of a seed', () => {
  it('are the same for ever, and more of them only append', () => {
    const few = deriveValidatorKeys('seed', 2).map((key) => hexOf(key.pubkey));
    const more = deriveValidatorKeys('seed', 4).map((key) => hexOf(key.pubkey));
    expect(more.slice(0, 2)).toEqual(few);
    expect(new Set(more).size).toBe(4);
    expect(few[0]).toBe(
      'b817c8e76d83523c2b5c43dd3b4efd55c256f4dfb7e217dbbfb845403fec8f0db772b2930541f5c0d8ed81ffd557db89',
    );
  });

  it('differ between seeds', () => {
    const [a] = deriveValidatorKeys('a', 1);
    const [b] = deriveValidatorKeys('b', 1);
    expect(a?.scalar).not.toBe(b?.scalar);
  });
});
