import { describe, expect, it } from 'vitest';
import { idSignature, maskHeader, open, seal, sessionKeys } from './discv5-keys.ts';
import { keyPairOf } from './key-pair.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

// Test vectors of ethereum/devp2p, discv5-wire-test-vectors.md.
const secret = bytes('fb757dc581730490a1d7a00deea65e9b1936924caaea8f44d476014856b68736');
const challenge = bytes(
  '000000000000000000000000000000006469736376350001010102030405060708090a0b0c00180102030405060708090a0b0c0d0e0f100000000000000000',
);
const idA = bytes('aaaa8419e9f49d0083561b48287df592939a8d19947d8c0ef88f2a4856a69fbb');
const idB = bytes('bbbb9d047f0488c0b5a93c1c3f2d8bafc7c8ff337024a55434a0d0555de64db9');

describe('the keys of discv5', () => {
  it('are those of the specification', () => {
    const keys = sessionKeys({
      challenge,
      ephemeral: keyPairOf(secret),
      ourId: idA,
      theirId: idB,
      theirKey33: bytes('0317931e6e0840220642f230037d285d122bc59063221ef3226b1f403ddc69ca91'),
    });
    expect(hex(keys.ours)).toBe('dccc82d81bd610f4f76d3ebe97a40571');
    expect(hex(keys.theirs)).toBe('ac74bb8773749920b0d3a8881c173ec5');
  });

  it('sign the proof of the specification', () => {
    const compressed = bytes('039961e4c2356d61bedb83052c115d311acb3a96f5777296dcf297351130266231');
    const ephemeral = { secret, full: new Uint8Array(64), compressed };
    expect(hex(idSignature({ challenge, ephemeral, theirId: idB }, secret))).toBe(
      '94852a1e2318c4e5e9d422c98eaf19d1d90d876b29cd06ca7cb7546d0fff7b484fe86c09a064fe72bdbef73ba8e9c34df0cd2b53e9d65528c2c7f336d5dfc6e6',
    );
  });

  it('open what was sealed with them and nothing else', () => {
    const sealing = { key: new Uint8Array(16), nonce: new Uint8Array(12), head: idA };
    const sealed = seal(sealing, idB);
    expect(hex(open(sealing, sealed))).toBe(hex(idB));
    expect(() => open({ ...sealing, head: idB }, sealed)).toThrow();
    const masked = maskHeader(idA, new Uint8Array(16), idB);
    expect(hex(maskHeader(idA, new Uint8Array(16), masked))).toBe(hex(idB));
  });
});
