import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { OpenPgpRefusal } from './packet.ts';

export interface OpenPgpKey {
  /** Forty hex digits, upper case. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** Version 4, EdDSA, and the curve Ed25519 with its object identifier before it (RFC 9580, 5.5.2 and 9.2). */
const form = { version: 4, algorithm: 22, curve: Buffer.from('092b06010401da470f01', 'hex') };

/** A key by the body of its packet, base64. Only Ed25519 keys of version 4. Throws {@link OpenPgpRefusal}. */
export function publicKeyOf(packet: string): OpenPgpKey {
  const body = Buffer.from(packet, 'base64');
  const curve = body.subarray(6, 16);
  const point = body.subarray(16);
  const isOurs = body[0] === form.version && body[5] === form.algorithm && curve.equals(form.curve);
  // An integer of 263 bits: a marker and the 32 bytes of the point.
  if (!isOurs || point.length !== 35 || point.readUInt16BE(0) !== 263 || point[2] !== 0x40)
    throw new OpenPgpRefusal('its key is no Ed25519 key of version 4');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  const digest = createHash('sha1')
    .update(Buffer.from([0x99]))
    .update(length)
    .update(body)
    .digest('hex');
  const x = point.subarray(3).toString('base64url');
  return {
    fingerprint: digest.toUpperCase(),
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}
