import { describe, expect, it } from 'vitest';
import type { LayerSyncReport, SyncReport } from '../../operations/control/watch-reports.ts';
import { plainStyle } from '../output/style.ts';
import { bar, sparkline } from './bar.ts';
import { syncText } from './sync-text.ts';

const layer = (more: Partial<LayerSyncReport>): LayerSyncReport => ({
  layer: 'consensus',
  client: 'lighthouse',
  stage: 'slots',
  head: 15_000,
  target: 20_000,
  distance: 5_000,
  perSecond: 2,
  arrival: { kind: 'coming', inMs: 2_608_000, earliestInMs: 1_800_000, latestInMs: 5_400_000 },
  stalledForMs: 0,
  history: [
    { atMs: 0, head: 0, target: 20_000 },
    { atMs: 60_000, head: 15_000, target: 20_000 },
  ],
  ...more,
});

const text = (layers: readonly LayerSyncReport[], more: Partial<SyncReport> = {}) =>
  syncText(
    { node: 'home', network: 'ephemery', atMs: 0, recovery: [], findings: [], layers: [...layers], ...more },
    plainStyle,
  );

describe('a bar', () => {
  it('is never full before it is done', () => {
    expect([bar(0, 4), bar(0.5, 4), bar(0.9999, 4), bar(1, 4)]).toEqual(['░░░░', '██░░', '███▉', '████']);
  });
});

describe('a sparkline', () => {
  it('has the highest value highest, and no more columns than there are', () => {
    expect(sparkline([0, 7, 14], 10)).toBe('▁▅█');
    expect(
      sparkline(
        Array.from({ length: 100 }, (_, index) => index),
        5,
      ),
    ).toHaveLength(5);
    expect(sparkline([0, 0], 5)).toBe('');
  });
});

describe('the progress of a node for people', () => {
  it('draws how far, how fast and when', () => {
    const lines = text([layer({})], { beganAt: 'http://provider' }).split('\n');
    expect(lines[0]).toBe('home on ephemery, begun at the checkpoint of http://provider');
    expect(lines[1]).toBe('  consensus lighthouse  follows slot by slot, 15,000 of 20,000');
    expect(lines[2]).toBe(`    ${bar(0.75, 30)} 75.0 %  2.00/s, there in 43m 28s (30m to 1h 30m)`);
    expect(lines[3]).toBe('    █▃ distance over 1m');
  });

  it('has the layers one below the other, however long the names of their clients', () => {
    const pair = [layer({ layer: 'execution', client: 'erigon' }), layer({ client: 'caplin-embedded' })];
    const rows = text(pair)
      .split('\n')
      .filter((line) => line.includes('follows'));
    expect(new Set(rows.map((line) => line.indexOf('follows'))).size).toBe(1);
  });

  it('says what it cannot know', () => {
    expect(text([layer({ arrival: { kind: 'never' } })])).toContain('never at this speed');
    const { perSecond: _none, ...unmeasured } = layer({ arrival: { kind: 'unmeasured' } });
    expect(text([unmeasured])).toContain('measuring');
    const open = { kind: 'coming', inMs: 60_000, earliestInMs: 30_000 } as const;
    expect(text([layer({ arrival: open })])).toContain('there in 1m (30s to perhaps never)');
    expect(text([])).toContain('not looked at yet');
  });

  it('has no bar at the head, and what to try where nothing moves', () => {
    const there = layer({ stage: 'following', head: 20_000, distance: 0, arrival: { kind: 'there' } });
    expect(text([there])).toBe('home on ephemery\n  consensus lighthouse  is at the head, 20,000');
    const stuck = text([layer({ stalledForMs: 360_000 })], {
      recovery: [{ kind: 'resync', layer: 'consensus', words: 'begin again', needsConsent: true }],
    });
    expect(stuck).toContain('stands still for 6m');
    expect(stuck).toContain('ephemery sync recover home consensus --do resync --yes  begin again');
  });
});
