import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from './journal-entry.ts';
import { applyEntry, emptyJournal } from './journal-state.ts';
import { compactedJournal, journalLine, readJournal } from './journal-text.ts';

const identity = {
  iteration: 7,
  chainId: 107,
  genesisValidatorsRoot: '0xaa',
  executionGenesisHash: '0xbb',
  genesisTimeSeconds: 70,
};
const run = { client: 'geth', fingerprint: 'f', folder: '7-00000000', identity: '7-00000000' };
const handle = { runtime: 'process', unit: 'home.execution', token: '1/2/3' };
const at = { layer: 'execution', folder: '7-00000000' } as const;

/** One of each kind. */
const kinds: readonly JournalEntry[] = [
  {
    type: 'reset.started',
    identity,
    cause: 'first',
    scheduledAtMs: 1,
    waitedMs: 0,
    givesUp: ['7-1'],
    atMs: 1,
  },
  { type: 'step.started', step: 's', atMs: 2 },
  { type: 'step.done', step: 's', durationMs: 5, spentOn: 'client', atMs: 3 },
  { type: 'step.failed', step: 's', code: 'ENOSPC', detail: 'no room', atMs: 4 },
  { type: 'unit.starting', layer: 'execution', run, atMs: 5 },
  { type: 'unit.started', layer: 'validator', run: { ...run, handle }, atMs: 6 },
  { type: 'unit.stopped', layer: 'consensus', atMs: 7 },
  { type: 'layer.proven', ...at, client: 'geth', atMs: 8 },
  { type: 'layer.harvested', ...at, client: 'geth', atMs: 9 },
  { type: 'folder.condemned', ...at, reason: 'wrong-network', atMs: 10 },
  { type: 'folder.collected', folder: '6-00000000', atMs: 11 },
  { type: 'reset.completed', atMs: 12 },
  { type: 'reset.live', atMs: 13 },
  { type: 'hook.finished', hook: 'reset.live', identity: 'x', atMs: 14 },
  { type: 'hold.set', held: true, atMs: 15 },
  { type: 'consent.given', consent: 'fewer-keys', subject: 'x', atMs: 16 },
  { type: 'keys.recorded', keys: { count: 3, fingerprint: 'k' }, atMs: 17 },
  { type: 'keys.recorded', keys: { count: 2, fingerprint: 'l', keys: ['a', 'b'] }, atMs: 18 },
  { type: 'unit.starting', layer: 'validator', run, atMs: 19 },
  { type: 'unit.started', layer: 'execution', run: { ...run, carries: 'inside', handle }, atMs: 20 },
  { type: 'unit.started', layer: 'consensus', run: { ...run, client: 'teku', handle }, atMs: 21 },
];
const story = fc.array(fc.constantFrom(...kinds), { maxLength: 30 });
const textOf = (entries: readonly JournalEntry[]) =>
  entries.map((entry) => `${journalLine(entry)}\n`).join('');
const stateOf = (entries: readonly JournalEntry[]) => entries.reduce(applyEntry, emptyJournal);

describe('any journal', () => {
  it('comes back as what was written, compacted or not, and in two parts', () => {
    fc.assert(
      fc.property(story, story, (first, second) => {
        const whole = stateOf([...first, ...second]);
        expect(readJournal(textOf([...first, ...second]))).toMatchObject({ ok: true, torn: false });
        const read = readJournal(textOf([...first, ...second]));
        expect(read.ok && read.state).toEqual(whole);
        const compacted = readJournal(compactedJournal(stateOf(first), 1) + textOf(second));
        expect(compacted.ok && compacted.state).toEqual(whole);
        const added = readJournal(textOf(second), stateOf(first));
        expect(added.ok && added.state).toEqual(whole);
      }),
    );
  });

  it('cut anywhere is that of the whole lines before', () => {
    fc.assert(
      fc.property(story, fc.nat(), (entries, cut) => {
        const text = textOf(entries);
        const kept = text.slice(0, text.length === 0 ? 0 : cut % text.length);
        const read = readJournal(kept);
        const lines = kept.split('\n').length - 1;
        expect(read.ok && read.state).toEqual(stateOf(entries.slice(0, lines)));
      }),
    );
  });

  it('with one character changed before its end is damaged', () => {
    fc.assert(
      fc.property(story, fc.nat(), (entries, where) => {
        const text = textOf([...entries, ...kinds]);
        const index = where % (text.length - 1);
        const other = text[index] === 'x' ? 'y' : 'x';
        expect(readJournal(text.slice(0, index) + other + text.slice(index + 1)).ok).toBe(false);
      }),
    );
  });

  it('of another program, or of nonsense under a right checksum, is damaged and not an exception', () => {
    const odd = [{ type: 'of a newer version' }, { type: 'snapshot', state: { adopted: 1 } }, { held: 1 }];
    for (const value of odd) {
      const line = journalLine(value as unknown as JournalEntry);
      expect(readJournal(`${line}\n`)).toMatchObject({ ok: false, line: 1 });
    }
    expect(readJournal('{}\n').ok).toBe(false);
    expect(readJournal('\n').ok).toBe(false);
  });

  it('has a state whose size does not grow with its age', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => kinds.map((entry) => ({ ...entry, atMs: i })));
    const state = stateOf(many.flat());
    expect(compactedJournal(state, 1).length).toBeLessThan(100_000);
  });
});

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
