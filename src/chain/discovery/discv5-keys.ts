import { createCipheriv, createDecipheriv } from 'node:crypto';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from './bytes.ts';
import { type KeyPair, sharedPoint, signCompact } from './key-pair.ts';

export interface SessionKeys {
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

export interface HandshakeParts {
  readonly challenge: Uint8Array;
  readonly ephemeral: KeyPair;
  readonly ourId: Uint8Array;
  readonly theirId: Uint8Array;
  readonly theirKey33: Uint8Array;
}

/** Both directions' keys of who begins. Source: ethereum/devp2p, discv5-theory.md, "Session keys". */
export function sessionKeys({
  challenge,
  ephemeral,
  ourId,
  theirId,
  theirKey33,
}: HandshakeParts): SessionKeys {
  const secret = sharedPoint(ephemeral.secret, theirKey33);
  const info = concat(utf8('discovery v5 key agreement'), ourId, theirId);
  const data = expand(sha256, extract(sha256, secret, challenge), info, 32);
  return { ours: data.slice(0, 16), theirs: data.slice(16) };
}

/** The proof that the node's key is ours. */
export function idSignature(
  { challenge, ephemeral, theirId }: Omit<HandshakeParts, 'ourId' | 'theirKey33'>,
  secret: Uint8Array,
): Uint8Array {
  const input = concat(utf8('discovery v5 identity proof'), challenge, ephemeral.compressed, theirId);
  return signCompact(sha256(input), secret);
}

/** Hides the header from who does not know whom it is for; the same both ways. */
export function maskHeader(destinationId: Uint8Array, iv: Uint8Array, header: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', destinationId.slice(0, 16), iv);
  return Uint8Array.from(cipher.update(header));
}

export interface Sealing {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly head: Uint8Array;
}

export function seal({ key, nonce, head }: Sealing, message: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(head);
  const text = Buffer.concat([cipher.update(message), cipher.final()]);
  return concat(text, cipher.getAuthTag());
}

/** Throws when it was not sealed with this key. */
export function open({ key, nonce, head }: Sealing, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAAD(head);
  decipher.setAuthTag(sealed.slice(-16));
  return concat(decipher.update(sealed.slice(0, -16)), decipher.final());
}
