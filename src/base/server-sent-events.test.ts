import { describe, expect, it } from 'vitest';
import { readEvents, type StreamEvent } from './server-sent-events.ts';

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function read(...parts: string[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(chunks(...parts))) events.push(event);
  return events;
}

describe('reading an event stream', () => {
  it('puts events together wherever the chunks are cut', async () => {
    const text =
      'event: head\ndata: {"slot":"1"}\n\n: a comment\n\nevent: block\r\ndata: a\r\ndata: b\r\n\r\n';
    const expected = [
      { name: 'head', data: '{"slot":"1"}' },
      { name: 'block', data: 'a\nb' },
    ];
    expect(await read(text)).toEqual(expected);
    expect(await read(...text)).toEqual(expected);
  });

  it('does not tell of an event that was cut off', async () => {
    expect(await read('event: head\ndata: {"slot"')).toEqual([]);
  });

  it('gives up on an event without end', async () => {
    const endless = Array.from({ length: 20 }, () => 'x'.repeat(100_000));
    await expect(read('data: ', ...endless)).rejects.toThrow('too long');
  });
});
