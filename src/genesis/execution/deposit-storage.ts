import { createHash } from 'node:crypto';

const treeDepth = 32;
/** Where the compiler put `zero_hashes`: after 32 slots of `branch` and one of `deposit_count`. */
const zeroHashesSlot = 0x21;

/**
 * What the constructor of the deposit contract writes: the roots of empty trees of each height, the first
 * of which is zero and so takes no slot. Source: consensus-specs, deposit_contract.sol.
 */
export function depositContractStorage(): Record<string, string> {
  const storage: Record<string, string> = {};
  let hash = Buffer.alloc(32);
  for (let height = 1; height < treeDepth; height++) {
    hash = createHash('sha256').update(hash).update(hash).digest();
    storage[word(zeroHashesSlot + height)] = `0x${hash.toString('hex')}`;
  }
  return storage;
}

/** A number as 32 bytes of hex. */
function word(value: number): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
