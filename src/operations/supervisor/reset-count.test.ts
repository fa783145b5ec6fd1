import { describe, expect, it } from 'vitest';
import { ResetCount } from './reset-count.ts';

const started = { type: 'supervisor.started', nodes: ['one', 'two'], seq: 1, atMs: 0 };
const live = (node: string, cause = 'scheduled') => ({ type: 'reset.live', node, cause, seq: 2, atMs: 0 });

describe('counting resets', () => {
  it('is done once every node had so many', () => {
    const count = new ResetCount(2);
    const events = [started, live('one'), live('one'), live('two'), live('one'), live('two')];
    expect(events.map((event) => count.isReachedBy(event))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('counts no first start, no forced one, and none that was not live', () => {
    const count = new ResetCount(1);
    const completed = { ...live('one'), type: 'reset.completed' };
    for (const event of [started, live('one', 'first'), live('one', 'forced'), completed, live('two')]) {
      expect(count.isReachedBy(event)).toBe(false);
    }
    expect(count.isReachedBy(live('one'))).toBe(true);
  });

  it('is never done where there are no nodes', () => {
    expect(new ResetCount(1).isReachedBy({ ...started, nodes: [] })).toBe(false);
  });
});
