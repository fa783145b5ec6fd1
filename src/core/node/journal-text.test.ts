import { describe, expect, it } from 'vitest';
import { journalLine, readJournal } from './journal-text.ts';

describe('a journal', () => {
  it('is read back however much a failed step had to say', () => {
    const lines = [
      journalLine({ type: 'step.started', step: 's'.repeat(10_000), atMs: 1 }),
      journalLine({
        type: 'step.failed',
        step: 'prepare',
        code: 'EPH-NODE-TASK-FAILED',
        detail: 'd'.repeat(300_000),
        atMs: 2,
      }),
      journalLine({ type: 'hold.set', held: true, atMs: 3 }),
    ];
    const read = readJournal(`${lines.join('\n')}\n`);
    expect(read).toMatchObject({ ok: true, lines: 3, state: { held: true } });
  });

  it('is damaged where a line says something else than its checksum', () => {
    const line = journalLine({ type: 'hold.set', held: false, atMs: 1 });
    const flipped = line.replace('"held":false', '"held":true');
    expect(flipped).not.toBe(line);
    expect(readJournal(`${flipped}\n`)).toMatchObject({ ok: false, line: 1 });
  });

  it('leaves out a torn end', () => {
    const line = journalLine({ type: 'hold.set', held: true, atMs: 1 });
    const read = readJournal(`${line}\n${line.slice(0, 20)}`);
    expect(read).toMatchObject({ ok: true, torn: true, soundText: `${line}\n` });
  });
});
