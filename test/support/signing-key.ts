import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { PublisherKey } from '../../src/core/clients/artifact-choice.ts';
import { armored } from './gpg-signatures.ts';

/** A publisher's key of its own, and what it signs as GnuPG does. */
export interface SigningKey {
  readonly key: PublisherKey;
  /** A detached signature, armored. */
  sign(content: Buffer): string;
}

export function signingKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const body = Buffer.concat([Buffer.from('046955b90016', 'hex'), curve, point]);
  const print = createHash('sha1').update(prefixed(0x99, body)).digest();
  return {
    key: { fingerprint: print.toString('hex').toUpperCase(), packet: body.toString('base64') },
    sign: (content) => {
      const issuer = Buffer.concat([Buffer.from('162104', 'hex'), print]);
      const covered = Buffer.concat([Buffer.from('040016080017', 'hex'), issuer]);
      const end = Buffer.from([0x04, 0xff, 0, 0, 0, covered.length]);
      const digest = createHash('sha256').update(content).update(covered).update(end).digest();
      const signature = sign(null, digest, privateKey);
      const whole = Buffer.concat([
        covered,
        Buffer.from([0, 0]),
        digest.subarray(0, 2),
        integer(signature.subarray(0, 32)),
        integer(signature.subarray(32)),
      ]);
      return armored(prefixed(0x89, whole).toString('base64'));
    },
  };
}

const curve = Buffer.from('092b06010401da470f01010740', 'hex');

/** A first byte and a length of two. */
function prefixed(first: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first, body.length >> 8, body.length & 0xff]), body]);
}

/** Without zero bits before it, as OpenPGP writes them. */
function integer(bytes: Buffer): Buffer {
  const at = bytes.findIndex((byte) => byte !== 0);
  const rest = bytes.subarray(Math.max(0, at));
  const bits = rest.length * 8 - Math.clz32(rest[0] ?? 0) + 24;
  return Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), rest]);
}
