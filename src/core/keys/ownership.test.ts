import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Binding,
  type KeySetOwner,
  type SigningPeriod,
  type SigningRight,
  type SigningWish,
  signingRight,
  strictestRight,
} from './ownership.ts';

const bound: Binding = { state: 'bound', installation: 'ours' };
const network = {
  genesisValidatorsRoot: '0xb',
  iteration: 11,
  chainId: 7_011,
  startMs: 1_000,
  firstEpochEndMs: 2_000,
  isRemembered: true,
};
const wish: SigningWish = { node: 'home', keysFingerprint: 'f', binding: bound, network };
const signed: SigningPeriod = {
  genesisValidatorsRoot: '0xa',
  iteration: 10,
  chainId: 7_010,
  keysFingerprint: 'f',
  startedAtMs: 10,
  endedAtMs: 1_001,
};
const owner: KeySetOwner = { node: 'home', installation: 'ours', signed };
const atOnce: SigningRight = { right: 'after-a-look', sinceMs: 1_001 };
const never = Number.NEGATIVE_INFINITY;

describe('the right to sign', () => {
  it.each<[string, KeySetOwner | undefined, Partial<SigningWish>, number, SigningRight]>([
    ['is waited for by the first owner', undefined, {}, 1_500, { right: 'after-quiet', sinceMs: never }],
    ['is at once at a genesis for who signed to the end', owner, {}, 1_500, atOnce],
    ['is waited for after epoch 0', owner, {}, 2_000, { right: 'after-quiet', sinceMs: 1_001 }],
    [
      'is waited for by who had ended before T',
      { ...owner, signed: { ...signed, endedAtMs: 999 } },
      {},
      1_500,
      { right: 'after-quiet', sinceMs: 999 },
    ],
    [
      'is waited for by who missed an iteration',
      { ...owner, signed: { ...signed, iteration: 9 } },
      {},
      1_500,
      { right: 'after-quiet', sinceMs: 1_001 },
    ],
    [
      'is waited for by who signed the iteration of that number of another network',
      { ...owner, signed: { ...signed, chainId: 8_010 } },
      {},
      1_500,
      { right: 'after-quiet', sinceMs: 1_001 },
    ],
    [
      'is waited for by whose record does not say which network it was',
      { ...owner, signed: { ...signed, chainId: undefined } as unknown as SigningPeriod },
      {},
      1_500,
      { right: 'after-quiet', sinceMs: 1_001 },
    ],
    [
      'is waited for by who owns the keys and never signed',
      { node: 'home', installation: 'ours' },
      {},
      1_500,
      { right: 'after-quiet', sinceMs: never },
    ],
    [
      'is waited for where the record says that we signed here, and the protection is gone',
      { ...owner, signed: { ...signed, genesisValidatorsRoot: '0xb', iteration: 11 } },
      { network: { ...network, isRemembered: false } },
      50_000,
      { right: 'after-quiet', sinceMs: 1_001 },
    ],
    [
      'is at once at a genesis, of which there is no protection yet',
      owner,
      { network: { ...network, isRemembered: false } },
      1_500,
      atOnce,
    ],
    [
      'is at once where the protection of this very network is there',
      { ...owner, signed: { ...signed, genesisValidatorsRoot: '0xb', iteration: 11 } },
      {},
      50_000,
      atOnce,
    ],
    [
      'is waited for once there are other keys in the set',
      { ...owner, signed: { ...signed, genesisValidatorsRoot: '0xb' } },
      { keysFingerprint: 'g' },
      1_500,
      { right: 'after-quiet', sinceMs: 1_001 },
    ],
    [
      "is not another node's",
      owner,
      { node: 'other' },
      1_500,
      { right: 'none', because: 'other-node', owner: 'home' },
    ],
    [
      "is not another installation's",
      { ...owner, installation: 'theirs' },
      {},
      1_500,
      { right: 'none', because: 'other-installation', owner: 'home' },
    ],
    [
      "is nobody's during a move, not even of who had it",
      { ...owner, movingTo: 'other' },
      {},
      1_500,
      { right: 'none', because: 'moving', owner: 'other' },
    ],
    [
      "is not a copy's, whatever it says of itself",
      owner,
      { binding: { state: 'changed', installation: 'ours', changes: ['a copy'] } },
      1_500,
      { right: 'none', because: 'binding-changed', owner: 'home' },
    ],
  ])('%s', (_what, who, more, nowMs, right) => {
    expect(signingRight(who, { ...wish, ...more }, nowMs)).toEqual(right);
  });

  it("is at most one node's at a time, whatever the record says", () => {
    const owners = fc.record(
      {
        node: fc.constantFrom('a', 'b'),
        installation: fc.constantFrom('x', 'y'),
        movingTo: fc.constantFrom('a', 'b'),
        signed: fc.constant(signed),
      },
      { requiredKeys: ['node', 'installation'] },
    );
    fc.assert(
      fc.property(owners, fc.nat(3_000), (who, nowMs) => {
        const rights = ['a', 'b'].flatMap((node) =>
          ['x', 'y'].map((installation) =>
            signingRight(who, { ...wish, node, binding: { state: 'bound', installation } }, nowMs),
          ),
        );
        expect(rights.filter(({ right }) => right !== 'none').length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('of several sets is the strictest, and no set is no right', () => {
    const quiet: SigningRight = { right: 'after-quiet', sinceMs: 5 };
    const none: SigningRight = { right: 'none', because: 'moving', owner: 'b' };
    expect(strictestRight([atOnce, quiet])).toBe('after-quiet');
    expect(strictestRight([atOnce, none, quiet])).toBe('none');
    expect(strictestRight([atOnce, { right: 'after-a-look', sinceMs: undefined }])).toBe('after-a-look');
    expect(strictestRight([])).toBe('after-quiet');
  });
});
