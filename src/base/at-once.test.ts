import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eachAtOnce } from './at-once.ts';

const items = Array.from({ length: 20 }, (_, at) => at);

describe('work on several items at once', () => {
  it('is done on each, in their order, by so many at a time', async () => {
    const begun: number[] = [];
    let under = 0;
    let most = 0;
    await eachAtOnce(items, {
      atOnce: 3,
      work: async (item) => {
        begun.push(item);
        under += 1;
        most = Math.max(most, under);
        await turn();
        under -= 1;
      },
    });
    expect([begun, most, under]).toEqual([items, 3, 0]);
  });

  it('throws the first failure when nothing is under way any more, and begins nothing after it', async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = async (item: number) => {
      begun.push(item);
      for (let turns = 0; turns < (item === 1 ? 1 : 5); turns++) await turn();
      ended += 1;
      if (item < 2) throw new Error(`item ${item}`);
    };
    await expect(eachAtOnce(items, { atOnce: 3, work })).rejects.toThrow('item 1');
    expect([begun, ended]).toEqual([[0, 1, 2], 3]);
  });

  it('is nothing when there are none', async () => {
    const work = () => Promise.reject(new Error('there was one'));
    expect(await eachAtOnce([], { atOnce: 3, work })).toBeUndefined();
  });
});
