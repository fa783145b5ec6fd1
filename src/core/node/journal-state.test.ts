import { describe, expect, it } from 'vitest';
import type { JournalEvent, RecordedRun } from './journal-entry.ts';
import { applyEntry, emptyJournal, runOf } from './journal-state.ts';

const handle = { runtime: 'process', unit: 'home.execution', token: 't' };
const run: RecordedRun = { client: 'host', fingerprint: 'f', folder: '7-a', identity: '7-a', handle };
const journalOf = (...events: readonly JournalEvent[]) =>
  events.reduce((state, event) => applyEntry(state, { ...event, atMs: 1 }), emptyJournal);
const started = (layer: 'execution' | 'consensus', more: Partial<RecordedRun> = {}): JournalEvent => ({
  type: 'unit.started',
  layer,
  run: { ...run, ...more },
});

describe('the run of a layer', () => {
  it('is its own', () => {
    const state = journalOf(started('execution'), started('consensus', { client: 'own' }));
    expect(runOf(state, 'execution')?.client).toBe('host');
    expect(runOf(state, 'consensus')?.client).toBe('own');
    expect(runOf(journalOf(started('execution')), 'consensus')).toBeUndefined();
  });

  it('is that of the program which it runs in, under its own name, and its own from before no more', () => {
    const before = { type: 'unit.starting', layer: 'consensus', run } as const;
    const state = journalOf(started('consensus'), before, started('execution', { carries: 'inside' }));
    expect(runOf(state, 'consensus')).toEqual({ ...run, carries: 'inside', client: 'inside' });
    expect(runOf(state, 'execution')?.client).toBe('host');
    expect(state.starting).toEqual({});
    expect(runOf(applyEntry(state, { type: 'unit.stopped', layer: 'execution', atMs: 1 }), 'consensus')).toBe(
      undefined,
    );
  });
});
