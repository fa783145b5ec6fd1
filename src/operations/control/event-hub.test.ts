import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { EventHub } from './event-hub.ts';

const clock = new VirtualClock(5);

async function take(stream: AsyncIterable<{ type: string }>, count: number): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of stream) {
    types.push(type);
    if (types.length === count) break;
  }
  return types;
}

describe('events', () => {
  it('are numbered and dated, in order, to everybody who listens', async () => {
    const hub = new EventHub(clock);
    const { signal } = new AbortController();
    const both = [take(hub.stream(undefined, signal), 2), take(hub.stream(undefined, signal), 2)];
    await Promise.resolve();
    hub.emit({ type: 'a' });
    hub.emit({ type: 'b' });
    expect(await Promise.all(both)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('are given again after a number, as far as they are kept', async () => {
    const hub = new EventHub(clock);
    for (let index = 1; index <= 1_200; index += 1) hub.emit({ type: String(index) });
    const { signal } = new AbortController();
    expect(await take(hub.stream(1_198, signal), 2)).toEqual(['1199', '1200']);
    expect((await take(hub.stream(0, signal), 1))[0]).toBe('201');
  });

  it('end when the hub ends, after what was emitted, and when the listener leaves', async () => {
    const hub = new EventHub(clock);
    const leave = new AbortController();
    const left = take(hub.stream(undefined, leave.signal), 9);
    await Promise.resolve();
    leave.abort();
    expect(await left).toEqual([]);
    const rest = take(hub.stream(undefined, new AbortController().signal), 9);
    await Promise.resolve();
    hub.emit({ type: 'last' });
    hub.end();
    expect(await rest).toEqual(['last']);
  });

  it('are not kept for one who does not read', async () => {
    const hub = new EventHub(clock);
    const stream = hub.stream(undefined, new AbortController().signal);
    const first = stream.next();
    await Promise.resolve();
    for (let index = 0; index < 5_002; index += 1) hub.emit({ type: String(index) });
    expect((await first).value?.type).toBe('0');
    const types = await take(stream, 10_000);
    expect(types.length).toBeLessThanOrEqual(5_001);
  });
});
