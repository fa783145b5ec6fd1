import { aggregateSignatures, fastAggregateVerify, PublicKey, Signature } from '@chainsafe/blst';
import { describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { KeyRing } from './key-ring.ts';
import { deriveValidatorKeys } from './validator-keys.ts';

const message = new Uint8Array(32).fill(7);
const { network, keys } = await steppedSetup(64);

describe('a key ring', () => {
  const ring = new KeyRing([...keys.slice(0, 32), ...deriveValidatorKeys('elsewhere', 3)]);
  ring.place(network.genesisState);

  it('owns those validators of the state whose keys it has', () => {
    expect(ring.size).toBe(32);
    expect(ring.owns(31)).toBe(true);
    expect(ring.owns(32)).toBe(false);
  });

  it('signs for many at once exactly what they would sign one by one', () => {
    const indices = [3, 9, 9, 31];
    const single = indices.map((index) => Signature.fromBytes(ring.sign([index], message)));
    const summed = ring.sign(indices, message);
    expect(Buffer.from(summed)).toEqual(Buffer.from(aggregateSignatures(single).toBytes()));
    const pubkeys = indices.map((index) => PublicKey.fromBytes(keys[index]?.pubkey ?? new Uint8Array()));
    expect(fastAggregateVerify(message, pubkeys, Signature.fromBytes(summed))).toBe(true);
  });

  it('does not sign for a validator of somebody else', () => {
    expect(() => ring.sign([3, 40], message)).toThrow('validator 40 is not ours');
  });
});
