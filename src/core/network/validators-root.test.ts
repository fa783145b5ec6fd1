import { ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { validatorsRoot } from './validators-root.ts';

const random = seededRandom('validators-root');

function validator(index: number) {
  return {
    pubkey: random.bytes(48),
    withdrawalCredentials: random.bytes(32),
    effectiveBalance: 32_000_000_000 + index * 1_000_000_000,
    slashed: index % 3 === 1,
    activationEligibilityEpoch: index,
    activationEpoch: index % 2 === 0 ? 0 : Number.POSITIVE_INFINITY,
    exitEpoch: Number.POSITIVE_INFINITY,
    withdrawableEpoch: Number.POSITIVE_INFINITY,
  };
}

describe('the root of the validators', () => {
  it.each([0, 1, 2, 5, 64, 129])('of %i of them is what a general SSZ library makes of them', (count) => {
    const list = Array.from({ length: count }, (_, index) => validator(index));
    const { Validators } = ssz.phase0;
    const expected = `0x${Buffer.from(Validators.hashTreeRoot(list)).toString('hex')}`;
    expect(validatorsRoot(Validators.serialize(list))).toBe(expected);
  });
});
