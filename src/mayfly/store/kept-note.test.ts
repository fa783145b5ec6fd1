import { describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../base/log.ts';
import { KeptNote } from './kept-note.ts';
import { createMemoryStore } from './memory-store.ts';
import type { ChainStore } from './store.ts';

const read = (bytes: Uint8Array) => Buffer.from(bytes).toString();

function keptIn(store: ChainStore) {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };
  return { note: new KeptNote({ store, name: 'chaos', log }), warnings };
}

describe('a kept note', () => {
  it('is written as it is when its turn comes, and once for all changes during a write', async () => {
    const store = createMemoryStore();
    const written: string[] = [];
    const counting: ChainStore = {
      ...store,
      writeNote: (name, bytes) => {
        written.push(read(bytes));
        return store.writeNote(name, bytes);
      },
    };
    const { note } = keptIn(counting);
    let value = 'a';
    const content = () => Buffer.from(value);
    note.keep(content);
    value = 'b';
    note.keep(content);
    await note.settled();
    expect(written).toEqual(['b']);
    value = 'c';
    note.keep(content);
    await note.settled();
    expect(await note.restore(read)).toBe('c');
  });

  it('goes on when it cannot be written, and says so', async () => {
    const full: ChainStore = {
      ...createMemoryStore(),
      writeNote: async () => {
        throw new RangeError('the disk is full');
      },
    };
    const { note, warnings } = keptIn(full);
    note.keep(() => Buffer.from('a'));
    await note.settled();
    note.keep(() => Buffer.from('b'));
    await note.settled();
    expect(warnings).toEqual(['a note was not written', 'a note was not written']);
    expect(await note.restore(read)).toBeUndefined();
  });

  it.each([
    ['damaged', async () => 'damaged' as const, 'a note is damaged and begun anew'],
    ['unreadable', async () => Buffer.from('{'), 'a note cannot be read and is begun anew'],
  ])('is begun anew when it is %s', async (_, readNote, warning) => {
    const { note, warnings } = keptIn({ ...createMemoryStore(), readNote });
    expect(await note.restore((bytes) => JSON.parse(read(bytes)))).toBeUndefined();
    expect(warnings).toEqual([warning]);
  });
});
