import { RLP } from '@ethereumjs/rlp';

export type RlpValue = Uint8Array | number | string | readonly RlpValue[];
export type RlpRead = Uint8Array | readonly RlpRead[];

export function encodeRlp(value: RlpValue): Uint8Array {
  return RLP.encode(value as Parameters<typeof RLP.encode>[0]);
}

/** The first value; what follows it is left alone (EIP-8). Throws for anything malformed. */
export function decodeRlp(bytes: Uint8Array): RlpRead {
  return RLP.decode(bytes, true).data as RlpRead;
}

/** The items of a list. Throws a TypeError for anything else. */
export function listOf(value: RlpRead | undefined): readonly RlpRead[] {
  if (Array.isArray(value)) return value as readonly RlpRead[];
  throw new TypeError('a list was expected');
}

/** Throws a TypeError for a list, or nothing. */
export function bytesOf(value: RlpRead | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('bytes were expected');
}
