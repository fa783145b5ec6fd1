import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { OpenPgpRefusal, onlyIntegers } from './packet.ts';

/** What makes a signature (RFC 9580, 9.1), and of how many integers it consists. */
export const keyKinds = {
  rsa: { algorithm: 1, integers: 1 },
  ed25519: { algorithm: 22, integers: 2 },
} as const;
export type KeyKind = keyof typeof keyKinds;

export interface OpenPgpKey {
  /** Forty hex digits, upper case. */
  readonly fingerprint: string;
  readonly kind: KeyKind;
  /** The size of each integer of its signatures. */
  readonly integerBytes: number;
  readonly key: KeyObject;
}

const version4 = 4;
/** EdDSA with the object identifier of Ed25519 before its point (RFC 9580, 5.5.5 and 9.2). */
const curve = Buffer.from('092b06010401da470f01', 'hex');
/** What is shorter is not trusted with programs any more. */
const leastModulusBytes = 384;
const exponent = Buffer.from('010001', 'hex');

/**
 * A key by the body of its packet, base64. Only Ed25519 keys and RSA keys of 3072 bits or more, of version 4. When a key
 * ends is written elsewhere and not looked at: a key is good as long as it stands where we have it from. Throws
 * {@link OpenPgpRefusal}.
 */
export function publicKeyOf(packet: string): OpenPgpKey {
  const body = Buffer.from(packet, 'base64');
  const found = body[0] === version4 ? (ed25519Of(body) ?? rsaOf(body)) : undefined;
  if (found === undefined)
    throw new OpenPgpRefusal('its key is no Ed25519 key and no RSA key of 3072 bits, of version 4');
  return { fingerprint: fingerprintOf(body), ...found };
}

type KeyMaterial = Omit<OpenPgpKey, 'fingerprint'>;

function ed25519Of(body: Buffer): KeyMaterial | undefined {
  const point = body.subarray(16);
  // An integer of 263 bits: a marker and the 32 bytes of the point.
  const isPoint = point.length === 35 && point.readUInt16BE(0) === 263 && point[2] === 0x40;
  if (body[5] !== keyKinds.ed25519.algorithm || !body.subarray(6, 16).equals(curve) || !isPoint)
    return undefined;
  const x = point.subarray(3).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { kind: 'ed25519', integerBytes: 32, key };
}

function rsaOf(body: Buffer): KeyMaterial | undefined {
  if (body[5] !== keyKinds.rsa.algorithm) return undefined;
  const [n, e, ...more] = onlyIntegers(body.subarray(6));
  const isWhole = e?.equals(exponent) === true && more.length === 0;
  if (n === undefined || n.length < leastModulusBytes || (n[0] ?? 0) < 0x80 || !isWhole) return undefined;
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: exponent.toString('base64url') };
  return { kind: 'rsa', integerBytes: n.length, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function fingerprintOf(body: Buffer): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  const digest = createHash('sha1')
    .update(Buffer.from([0x99]))
    .update(length)
    .update(body)
    .digest('hex');
  return digest.toUpperCase();
}
