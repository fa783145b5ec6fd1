import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../base/secret.ts';
import { pathText, signingIndex, signingPath, withdrawalPath } from '../core/keys/key-path.ts';
import { mnemonicSeed, readMnemonic } from '../core/keys/mnemonic.ts';
import { publicKeyBytes } from '../core/keys/public-key.ts';
import { blsCredentials } from '../core/keys/withdrawal-credentials.ts';
import { isOnCurve, publicKeyFor } from './bls.ts';
import { secretKeyAt, validatorSecrets } from './key-tree.ts';

interface Vector {
  readonly seed: string;
  readonly masterSecretKey: string;
  readonly childIndex: number;
  readonly childSecretKey: string;
}

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/keys/${name}.json`, import.meta.url), 'utf8'));
const { cases } = fixture('eip-2333') as { cases: readonly Vector[] };
const { withdrawalCredentials } = fixture('deposit-tool') as {
  withdrawalCredentials: { mnemonic: string; credentials: readonly string[] };
};
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
const decimal = (key: Uint8Array) => BigInt(`0x${Buffer.from(key).toString('hex')}`).toString();

describe('the vectors of EIP-2333', () => {
  it.each(cases)('$seed', ({ seed, masterSecretKey, childIndex, childSecretKey }) => {
    expect(decimal(secretKeyAt(bytes(seed), []))).toBe(masterSecretKey);
    expect(decimal(secretKeyAt(bytes(seed), [childIndex]))).toBe(childSecretKey);
  });
});

describe('the keys of validators', () => {
  it('are those at the paths of EIP-2334', () => {
    const seed = bytes(cases[0]?.seed ?? '');
    const [made] = validatorSecrets(seed, [7]);
    expect(made?.signing).toEqual(secretKeyAt(seed, [12381, 3600, 7, 0, 0]));
    expect(made?.withdrawal).toEqual(secretKeyAt(seed, [12381, 3600, 7, 0]));
    expect(pathText(signingPath(7))).toBe('m/12381/3600/7/0/0');
    expect(signingIndex(pathText(signingPath(4_294_967_295)))).toBe(4_294_967_295);
    expect(signingIndex(pathText(withdrawalPath(1)))).toBeUndefined();
  });

  it('give the credentials that the public deposit tool gives for the same mnemonic', async () => {
    const mnemonic = readMnemonic(new Secret(withdrawalCredentials.mnemonic));
    const seed = (await mnemonicSeed(mnemonic, new Secret(''))).reveal();
    const made = validatorSecrets(seed, [0, 1]).map(({ withdrawal }) => {
      const pubkey = publicKeyFor(withdrawal);
      return pubkey === undefined
        ? ''
        : `0x${Buffer.from(blsCredentials(publicKeyBytes(pubkey))).toString('hex')}`;
    });
    expect(made).toEqual(withdrawalCredentials.credentials);
  });
});

describe('what is no key', () => {
  it.each([
    ['zero', '00'.repeat(32)],
    ['the order of the group', '73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001'],
    ['too short', '01'],
  ])('%s has no public key', (_what, digits) => expect(publicKeyFor(bytes(`0x${digits}`))).toBeUndefined());

  it('lies on no curve, or does', () => {
    expect(isOnCurve(`0x${'8'.repeat(96)}`)).toBe(false);
    const [made] = validatorSecrets(bytes(cases[0]?.seed ?? ''), [0]);
    expect(isOnCurve(publicKeyFor(made?.signing ?? new Uint8Array()) ?? '0x')).toBe(true);
  });
});
