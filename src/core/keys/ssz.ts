import { createHash } from 'node:crypto';

/**
 * The few hash tree roots that signing needs, so that no consensus library must be loaded for them.
 * Source: consensus-specs, ssz/simple-serialize.md.
 */
export type Root = Uint8Array;

/** Bytes of any length as one root: chunks of 32, padded with zeros. */
export function bytesRoot(bytes: Uint8Array): Root {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 32) {
    const chunk = new Uint8Array(32);
    chunk.set(bytes.subarray(at, at + 32));
    chunks.push(chunk);
  }
  return containerRoot(chunks);
}

/** A uint64, little-endian. */
export function numberRoot(value: number | bigint): Root {
  const chunk = new Uint8Array(32);
  new DataView(chunk.buffer).setBigUint64(0, BigInt(value), true);
  return chunk;
}

/** A container, from the roots of its fields. */
export function containerRoot(fields: readonly Root[]): Root {
  let level = [...fields];
  let width = 1;
  while (width < level.length) width *= 2;
  while (level.length < width) level.push(new Uint8Array(32));
  while (level.length > 1) {
    const above: Root[] = [];
    for (let at = 0; at < level.length; at += 2) above.push(hashPair(level[at], level[at + 1]));
    level = above;
  }
  return level[0] ?? new Uint8Array(32);
}

function hashPair(left: Root | undefined, right: Root | undefined): Root {
  const hash = createHash('sha256');
  hash.update(left ?? new Uint8Array(32)).update(right ?? new Uint8Array(32));
  return new Uint8Array(hash.digest());
}
