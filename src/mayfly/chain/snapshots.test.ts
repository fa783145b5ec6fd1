import { describe, expect, it } from 'vitest';
import { snapshotsToRemove } from './snapshots.ts';

const at = (epoch: number) => ({ slot: epoch * 32, blockRoot: `root of ${epoch}` });

describe('thinning out snapshots', () => {
  it('keeps one an epoch for eight epochs, and the first of every 32 before', () => {
    const epochs = Array.from({ length: 101 }, (_, epoch) => epoch);
    const removed = new Set(snapshotsToRemove(epochs.map(at), 100 * 32).map(({ slot }) => slot / 32));
    expect(epochs.filter((epoch) => !removed.has(epoch))).toEqual([
      0, 32, 64, 92, 93, 94, 95, 96, 97, 98, 99, 100,
    ]);
  });

  it('comes to the same when done at each epoch as at once', () => {
    let kept: { slot: number; blockRoot: string }[] = [];
    for (let epoch = 0; epoch <= 200; epoch++) {
      kept.push(at(epoch));
      const removed = new Set(snapshotsToRemove(kept, epoch * 32));
      kept = kept.filter((snapshot) => !removed.has(snapshot));
    }
    expect(kept.map(({ slot }) => slot / 32).slice(0, 7)).toEqual([0, 32, 64, 96, 128, 160, 192]);
    expect(kept).toHaveLength(6 + 9);
  });
});
