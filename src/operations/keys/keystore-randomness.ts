import type { Random } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';

/** New for every keystore: the same pair twice would let two ciphertexts be compared. */
export function saltAndIv(random: Random): { readonly salt: Uint8Array; readonly iv: Uint8Array } {
  return { salt: random.bytes(32), iv: random.bytes(16) };
}

/** A password that only a file will ever hold. */
export function freshPassword(random: Random): Secret {
  return new Secret(Buffer.from(random.bytes(32)).toString('base64url'));
}

/** Version 4, RFC 9562. */
export function uuid(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
