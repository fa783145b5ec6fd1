import { RLP } from '@ethereumjs/rlp';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** The root of a Merkle Patricia trie with nothing in it. */
export const emptyTrieRoot = keccak_256(RLP.encode(new Uint8Array()));

interface Leaf {
  /** Of the hashed key: 64 half-bytes. */
  readonly nibbles: readonly number[];
  readonly value: Uint8Array;
}

type Node = (Uint8Array | Node)[];

/**
 * The root of a "secure" trie: entries are found by the Keccak hash of their key. All at once, which for a
 * genesis is many times as fast as a trie that can change. Source: Yellow Paper, appendix D.
 * Keys must be unique.
 */
export function trieRoot(entries: Iterable<readonly [key: Uint8Array, value: Uint8Array]>): Uint8Array {
  const leaves = Array.from(entries, ([key, value]) => ({ nibbles: nibblesOf(keccak_256(key)), value }));
  return leaves.length === 0 ? emptyTrieRoot : keccak_256(RLP.encode(nodeOf(leaves, 0)));
}

function nodeOf(leaves: readonly Leaf[], depth: number): Node {
  const [first, ...others] = leaves;
  if (first === undefined) return [];
  if (others.length === 0) return [compactPath(first.nibbles.slice(depth), true), first.value];
  const end = sharedUntil(first, others, depth);
  const branch = branchOf(leaves, end);
  return end === depth ? branch : [compactPath(first.nibbles.slice(depth, end), false), referenceTo(branch)];
}

function branchOf(leaves: readonly Leaf[], depth: number): Node {
  const children = Array.from({ length: 16 }, (): Leaf[] => []);
  for (const leaf of leaves) children[leaf.nibbles[depth] ?? 0]?.push(leaf);
  const references = children.map((child) =>
    child.length === 0 ? new Uint8Array() : referenceTo(nodeOf(child, depth + 1)),
  );
  // No value of its own: all keys are equally long.
  return [...references, new Uint8Array()];
}

/** A node that is shorter than a hash stands in its parent itself. */
function referenceTo(node: Node): Uint8Array | Node {
  const encoded = RLP.encode(node);
  return encoded.length < 32 ? node : keccak_256(encoded);
}

function sharedUntil(first: Leaf, others: readonly Leaf[], depth: number): number {
  let end = depth;
  while (others.every(({ nibbles }) => nibbles[end] === first.nibbles[end])) end++;
  return end;
}

/** Hex-prefix encoding: Yellow Paper, appendix C. */
function compactPath(nibbles: readonly number[], isLeaf: boolean): Uint8Array {
  const isOdd = nibbles.length % 2 === 1;
  const flag = (isLeaf ? 2 : 0) + (isOdd ? 1 : 0);
  const all = isOdd ? [flag, ...nibbles] : [flag, 0, ...nibbles];
  return Uint8Array.from(
    { length: all.length / 2 },
    (_, i) => ((all[2 * i] ?? 0) << 4) | (all[2 * i + 1] ?? 0),
  );
}

function nibblesOf(bytes: Uint8Array): number[] {
  return Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]);
}
