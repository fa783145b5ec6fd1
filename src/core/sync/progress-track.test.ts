import { describe, expect, it } from 'vitest';
import { type ProgressTrack, stalledForMs, tracked } from './progress-track.ts';
import type { LayerProgress } from './sync-stage.ts';

const slots = (head: number): LayerProgress => ({ stage: 'slots', head, target: 1_000, mark: String(head) });
const silent: LayerProgress = { stage: 'silent', mark: '' };
const resting: LayerProgress = { stage: 'following', head: 5, target: 5, mark: '5' };

function follow(looks: readonly (readonly [number, LayerProgress])[]): ProgressTrack {
  let track: ProgressTrack | undefined;
  for (const [atMs, progress] of looks) track = tracked(track, progress, atMs);
  if (track === undefined) throw new Error('no looks');
  return track;
}

describe('the track of a layer', () => {
  it('stalls only after minutes in which nothing of it moved', () => {
    const track = follow([
      [0, slots(5)],
      [299_000, slots(5)],
    ]);
    expect(stalledForMs(track, 299_000, 12)).toBe(0);
    expect(stalledForMs(track, 300_000, 12)).toBe(300_000);
    expect(stalledForMs(tracked(track, slots(6), 300_000), 300_000, 12)).toBe(0);
  });

  it('is shorter of patience where slots are short', () => {
    expect(stalledForMs(follow([[0, slots(5)]]), 50_000, 2)).toBe(50_000);
  });

  it('takes silence and rest for no stall', () => {
    expect(
      stalledForMs(
        follow([
          [0, slots(5)],
          [400_000, silent],
        ]),
        400_000,
        12,
      ),
    ).toBe(0);
    expect(
      stalledForMs(
        follow([
          [0, resting],
          [400_000, resting],
        ]),
        400_000,
        12,
      ),
    ).toBe(0);
  });

  it('measures the last ten minutes', () => {
    const track = follow(Array.from({ length: 100 }, (_, index) => [index * 10_000, slots(index)] as const));
    expect(track.points[0]?.atMs).toBe(400_000);
  });

  it('begins anew with another stage, another chain, but not after a silence or a reorganisation', () => {
    const before = [
      [0, slots(500)],
      [10_000, slots(600)],
    ] as const;
    expect(follow([...before, [20_000, { ...slots(700), stage: 'blocks' }]]).points).toHaveLength(1);
    expect(follow([...before, [20_000, slots(3)]]).points).toHaveLength(1);
    expect(follow([...before, [20_000, slots(598)]]).points).toHaveLength(3);
    expect(follow([...before, [20_000, silent], [30_000, slots(700)]]).points).toHaveLength(3);
  });
});
