import { createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, equal, numberOf, xor } from './bytes.ts';

export interface RlpxSecrets {
  readonly aes: Uint8Array;
  readonly mac: Uint8Array;
  /** What the other side's first authentication code continues. */
  readonly ingressSeed: Uint8Array;
}

/** Both secrets of a session. Source: ethereum/devp2p, rlpx.md, "Initial Handshake". */
export function rlpxSecrets(parts: {
  readonly ephemeralShared: Uint8Array;
  readonly ourNonce: Uint8Array;
  readonly theirNonce: Uint8Array;
  readonly ack: Uint8Array;
}): RlpxSecrets {
  const { ephemeralShared, ourNonce, theirNonce, ack } = parts;
  const shared = keccak_256(concat(ephemeralShared, keccak_256(concat(theirNonce, ourNonce))));
  const aes = keccak_256(concat(ephemeralShared, shared));
  const mac = keccak_256(concat(ephemeralShared, aes));
  return { aes, mac, ingressSeed: concat(xor(mac, ourNonce), ack) };
}

/** Reads the frames of the other side. Throws a TypeError where a code does not fit. */
export class FrameReader {
  private readonly decipher: Decipher;
  private readonly macKey: Uint8Array;
  private readonly mac = keccak_256.create();

  constructor({ aes, mac, ingressSeed }: RlpxSecrets) {
    this.decipher = createDecipheriv('aes-256-ctr', aes, new Uint8Array(16));
    this.macKey = mac;
    this.mac.update(ingressSeed);
  }

  /** The length of the frame whose 32-byte header this is. */
  header(bytes: Uint8Array): number {
    const sealed = bytes.slice(0, 16);
    this.mac.update(xor(this.encrypted(this.digest()), sealed));
    this.require(bytes.slice(16, 32));
    return numberOf(Uint8Array.from(this.decipher.update(sealed)).slice(0, 3));
  }

  /** The text of a frame: padded to 16 bytes, with its 16-byte code behind. */
  body(bytes: Uint8Array, length: number): Uint8Array {
    const sealed = bytes.slice(0, -16);
    this.mac.update(sealed);
    const digest = this.digest();
    this.mac.update(xor(this.encrypted(digest), digest));
    this.require(bytes.slice(-16));
    return Uint8Array.from(this.decipher.update(sealed)).slice(0, length);
  }

  private require(code: Uint8Array): void {
    if (!equal(this.digest(), code)) throw new TypeError('a frame is not authentic');
  }

  private digest(): Uint8Array {
    return this.mac.clone().digest().slice(0, 16);
  }

  private encrypted(block: Uint8Array): Uint8Array {
    const cipher = createCipheriv('aes-256-ecb', this.macKey, null).setAutoPadding(false);
    return Uint8Array.from(cipher.update(block));
  }
}
