import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { concat, equal } from './bytes.ts';
import { fullKey, newKeyPair, sharedX } from './key-pair.ts';

const overheadBytes = 65 + 16 + 32;

function keysOf(shared: Uint8Array): { readonly cipher: Uint8Array; readonly mac: Uint8Array } {
  // NIST SP 800-56 concatenation KDF; one round of SHA-256 gives all that is needed.
  const material = createHash('sha256')
    .update(Uint8Array.of(0, 0, 0, 1))
    .update(shared)
    .digest();
  const mac = createHash('sha256').update(material.subarray(16)).digest();
  return { cipher: material.subarray(0, 16), mac };
}

function tagOf(mac: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha256', mac);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** A message of RLPx's handshake: its size in two bytes, then the sealed text. Source: ethereum/devp2p, rlpx.md. */
export function sealEcies(key64: Uint8Array, text: Uint8Array): Uint8Array {
  const size = text.length + overheadBytes;
  const prefix = Uint8Array.of(size >> 8, size & 0xff);
  const ephemeral = newKeyPair();
  const { cipher, mac } = keysOf(sharedX(ephemeral.secret, key64));
  const iv = randomBytes(16);
  const sealed = createCipheriv('aes-128-ctr', cipher, iv).update(text);
  return concat(prefix, Uint8Array.of(4), ephemeral.full, iv, sealed, tagOf(mac, iv, sealed, prefix));
}

/** The text of a message with its size in front. Throws a TypeError when it is not for this key. */
export function openEcies(secret: Uint8Array, message: Uint8Array): Uint8Array {
  const prefix = message.slice(0, 2);
  const iv = message.slice(67, 83);
  const sealed = message.slice(83, -32);
  const { cipher, mac } = keysOf(sharedX(secret, fullKey(message.slice(2, 67))));
  if (!equal(tagOf(mac, iv, sealed, prefix), message.slice(-32))) {
    throw new TypeError('the handshake is not for us');
  }
  return Uint8Array.from(createDecipheriv('aes-128-ctr', cipher, iv).update(sealed));
}
