import { describe, expect, it } from 'vitest';
import type { CheckpointsReport } from '../../operations/checkpoint/network-checkpoints.ts';
import { plainStyle } from '../output/style.ts';
import { checkpointsText } from './checkpoints-text.ts';

const root = `0x${'ab'.repeat(32)}`;
const report: CheckpointsReport = {
  network: 'ephemery',
  iteration: 167,
  currentEpoch: 100,
  providers: [
    { url: 'http://one', verdict: 'eligible', finalized: { epoch: 98, root } },
    { url: 'http://two', verdict: 'refused', reason: 'stale', detail: 'its finalized epoch is 3' },
    { url: 'http://three', verdict: 'silent', detail: 'status \u001b[31m503' },
  ],
  choice: { choice: 'unsure', reason: 'one did not answer' },
  findings: [],
};

describe('the providers of a network for people', () => {
  it('are listed with what each came to, and what a node would do', () => {
    const text = checkpointsText(report, plainStyle);
    expect(text).toContain('http://one    may be believed  epoch 98, 0xababababab…');
    expect(text).toContain('http://two    stale            its finalized epoch is 3');
    expect(text).toContain('http://three  silent           status 503');
    expect(text).toContain('A node would wait two minutes, then begin at genesis: one did not answer.');
  });

  it('say whom a node would begin with', () => {
    const choice = {
      choice: 'use',
      url: 'http://one',
      checkpoint: { epoch: 98, root },
      confirmedBy: ['http://x'],
    } as const;
    const text = checkpointsText({ ...report, choice, providers: [] }, plainStyle);
    expect(text).toContain('A node would begin with http://one, confirmed by http://x.');
    expect(text).toContain('it has no providers');
  });
});
