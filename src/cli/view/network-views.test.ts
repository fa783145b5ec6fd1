import { describe, expect, it } from 'vitest';
import { publicNetwork } from '../../core/network/public-network.ts';
import { releaseTag, scheduleOf } from '../../core/network/schedule.ts';
import type { FetchReport } from '../../operations/network/fetch-release.ts';
import { plainStyle } from '../output/style.ts';
import { chaosText, faultsText, orderedText } from './disturbance-text.ts';
import { findingLines } from './finding-text.ts';
import { networkText } from './network-text.ts';
import { fetchText, verifyText } from './release-text.ts';
import { releasesText } from './releases-text.ts';

const iteration = (number: number) => ({
  ...scheduleOf(publicNetwork, number),
  tag: releaseTag(publicNetwork, number),
});

describe('a network', () => {
  const report = {
    definition: publicNetwork,
    nowMs: 1_795_114_900_000,
    next: iteration(167),
    leftSeconds: 2_419_100,
    nextPublishedFromSeconds: 1_797_526_800,
  };

  it('has its iteration, the reset and how long that is away, in UTC', () => {
    const text = networkText({ ...report, current: iteration(166) }, plainStyle);
    expect(text).toContain('Iteration 166\n  tag       ephemery-166\n  chain id  39438166 (0x259c756)\n');
    expect(text).toContain('  T         2026-11-19 19:00:00Z\n');
    expect(text).toContain('  genesis   2026-11-19 19:10:00Z (no block before it)\n');
    expect(text).toContain('  in 27d 23h; its release may be out from 2026-12-17 17:00:00Z on\n');
    expect(text).toContain('  publish lead   2h\n');
  });

  it('says that it has not begun', () => {
    expect(networkText(report, plainStyle)).toContain('ephemery\nNot begun yet\nNext 167\n');
  });
});

describe('releases', () => {
  const quiet = { network: 'mine', currentIteration: 3, held: [], forms: [], findings: [] };

  it('has the next command where none is held', () => {
    expect(releasesText(quiet, plainStyle)).toBe(
      'No release of mine is held; `ephemery network fetch mine` brings one.',
    );
  });

  it('keeps apart what is not yet there and what is unknown', () => {
    const sources = [
      { source: 'github a', answer: 'not-yet' as const, detail: 'a has no mine-4' },
      { source: 'mirror b', answer: 'unknown' as const, detail: 'refused' },
    ];
    const asked = [{ iteration: 4, tag: 'mine-4', which: 'next' as const, sources }];
    expect(releasesText({ ...quiet, asked }, plainStyle)).toContain(
      'mine-4 (next)\n  github a  not yet  a has no mine-4\n  mirror b  unknown  refused',
    );
  });
});

describe('what came of a fetch', () => {
  const about = { network: 'mine', iteration: 4, findings: [], reports: [] };
  it.each<[FetchReport, string]>([
    [{ ...about, outcome: 'not-yet', detail: 'why' }, 'Not yet published: mine 4: why'],
    [{ ...about, outcome: 'unknown', reason: 'why' }, 'Unknown: mine 4: why'],
    [
      { ...about, outcome: 'needs-consent', needsConsent: ['schedule-change'] },
      'Needs consent: mine 4: schedule-change',
    ],
  ])('is said by its outcome: %o', (report, text) => {
    expect(fetchText(report, plainStyle)).toBe(text);
  });
});

describe('findings', () => {
  const finding = (long: string, remedy: string) => ({
    code: 'EPH-RELEASE-TAG' as const,
    severity: 'critical' as const,
    subject: {},
    short: 'short',
    long,
    remedy,
    facts: {},
  });

  it('that share a remedy have it said once, after the last', () => {
    const findings = [finding('one', 'mend'), finding('two', 'mend'), finding('three', 'else')];
    expect(findingLines(findings, plainStyle).join('\n')).toBe(
      [
        'critical EPH-RELEASE-TAG\n  one',
        'critical EPH-RELEASE-TAG\n  two\n  mend',
        'critical EPH-RELEASE-TAG\n  three\n  else',
      ].join('\n'),
    );
  });

  it('stand under the verdict on a release', () => {
    const text = verifyText(
      {
        path: '/r',
        network: 'mine',
        iteration: 4,
        outcome: 'rejected',
        forms: [{ name: 'network-config.tar.gz', outcome: 'rejected' }],
        findings: [finding('one', 'mend')],
        needsConsent: [],
      },
      plainStyle,
    );
    expect(text).toBe('Rejected: /r as iteration 4 of mine\ncritical EPH-RELEASE-TAG\n  one\n  mend');
  });
});

describe('disturbances', () => {
  it('are listed with their slots and settings, or said to be none', () => {
    expect(chaosText({ devnet: 'devnet', active: [] })).toBe('Nothing disturbs devnet.');
    const active = [
      { kind: 'late-block', slots: 2, delayMs: 600, fromSlot: 5, toSlot: 6 },
      { kind: 'stop-finality', fromSlot: 5 },
    ];
    expect(chaosText({ devnet: 'devnet', active })).toBe(
      'In force on devnet:\n  late-block     from slot 5 to 6  delay 600ms\n  stop-finality  from slot 5',
    );
    expect(faultsText({ devnet: 'devnet', faults: [] })).toBe('The releaser of devnet behaves.');
    expect(faultsText({ devnet: 'devnet', faults: [{ kind: 'late', tag: 'devnet-2' }] })).toBe(
      'The releaser of devnet misbehaves:\n  late  tag devnet-2',
    );
  });

  it('are spoken of by the word that orders them', () => {
    const stall = { kind: 'stall-api', durationMs: 3_000 };
    expect(orderedText('stall-api', { devnet: 'devnet', active: [stall] })).toBe('Ordered stall.');
    expect(chaosText({ devnet: 'devnet', active: [stall] })).toContain('stall    duration 3s');
    expect(orderedText('slash', { devnet: 'devnet', active: [] })).toContain('with its next block');
  });

  it('cannot move the cursor, whatever answered', () => {
    const active = [{ kind: 'late\u001b[2Jblock', about: '\u001b]0;title\u0007x' }];
    expect(chaosText({ devnet: 'devnet', active })).toBe('In force on devnet:\n  lateblock    about x');
  });
});
