import type { BlockSummary, RootHex } from '../types.ts';
import type { ChainStore, NoteName, SnapshotName } from './store.ts';

/** Keeps the chain for as long as the process lives: stepped networks and tests. */
export function createMemoryStore(): ChainStore {
  const blocks = new Map<RootHex, { summary: BlockSummary; bytes: Uint8Array }>();
  const snapshots = new Map<RootHex, { name: SnapshotName; bytes: Uint8Array }>();
  const notes = new Map<NoteName, Uint8Array>();
  let head: RootHex | undefined;
  return {
    load: async () => ({
      blocks: [...blocks.values()].map((block) => block.summary),
      head,
      snapshots: [...snapshots.values()].map((snapshot) => snapshot.name),
    }),
    async appendBlock(summary, bytes) {
      blocks.set(summary.root, { summary, bytes });
    },
    async markHead(root) {
      head = root;
    },
    async forgetBlocks(roots) {
      for (const root of roots) blocks.delete(root);
    },
    readBlock: async (root) => blocks.get(root)?.bytes,
    async writeSnapshot(name, bytes) {
      snapshots.set(name.blockRoot, { name, bytes });
    },
    readSnapshot: async (name) => snapshots.get(name.blockRoot)?.bytes,
    async removeSnapshot(name) {
      snapshots.delete(name.blockRoot);
    },
    async writeNote(name, bytes) {
      notes.set(name, bytes);
    },
    readNote: async (name) => notes.get(name),
    close: async () => undefined,
  };
}
