/** A validator's BLS public key: `0x` and 96 lower-case hex digits. */
export type PublicKey = `0x${string}`;

const form = /^(?:0x|0X)?([0-9a-fA-F]{96})$/;

/**
 * The key in its one spelling, from one with or without `0x`, in any case; undefined when it has not the form of a
 * compressed point. That it lies on the curve is for whoever has a library for it.
 */
export function readPublicKey(text: string): PublicKey | undefined {
  const digits = form.exec(text.trim())?.[1]?.toLowerCase();
  // The three flag bits of a compressed point: compressed, not infinity. Source: the ZCash BLS12-381 serialization.
  const flags = Number.parseInt(digits?.slice(0, 2) ?? '0', 16) & 0b1100_0000;
  return digits === undefined || flags !== 0b1000_0000 ? undefined : `0x${digits}`;
}

export function publicKeyOf(bytes: Uint8Array): PublicKey {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

export function publicKeyBytes(key: PublicKey): Uint8Array {
  return new Uint8Array(Buffer.from(key.slice(2), 'hex'));
}

/** `0x1234abcd…ef012345`, for people. */
export function shortPublicKey(key: PublicKey): string {
  return `${key.slice(0, 10)}…${key.slice(-8)}`;
}
