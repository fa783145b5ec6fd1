import { SLOTS_PER_EPOCH } from '@lodestar/params';
import type { SnapshotName } from '../store/store.ts';

/** Every epoch of the recent past has a snapshot, so that a restart or an old state replays few blocks. */
const denseEpochs = 8;
/** Older ones are kept this far apart: at most 1,024 slots are replayed for any state of the past. */
const sparseEpochs = 32;

/**
 * Which snapshots to remove so that one an epoch stays for the last eight epochs, and one in 32 before.
 * `unfinalized` slots and the newest one are never thinned below one an epoch while in the dense range.
 */
export function snapshotsToRemove(snapshots: readonly SnapshotName[], headSlot: number): SnapshotName[] {
  const denseFrom = headSlot - denseEpochs * SLOTS_PER_EPOCH;
  const span = sparseEpochs * SLOTS_PER_EPOCH;
  const kept = new Set<number>();
  const ordered = [...snapshots].sort((a, b) => a.slot - b.slot);
  return ordered.filter((snapshot) => {
    if (snapshot.slot >= denseFrom) return false;
    const bucket = Math.floor(snapshot.slot / span);
    if (kept.has(bucket)) return true;
    kept.add(bucket);
    return false;
  });
}
