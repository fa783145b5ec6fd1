import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '../node/node-controller.ts';
import { nodeState } from './node-state.ts';

interface Case {
  readonly units?: readonly ('running' | 'stray' | 'stopped' | 'unknown')[];
  readonly reset?: { readonly cause: 'first' | 'scheduled'; completedAtMs?: number; liveAtMs?: number };
  readonly steps?: readonly { readonly kind: string; readonly lane: string }[];
  readonly codes?: readonly string[];
  readonly isAimless?: boolean;
}

/** Of a status only what the word depends on. */
function state(isKept: boolean, { units = [], reset, steps = [], codes = [], isAimless = false }: Case) {
  return nodeState(
    {
      observed: { units: Object.fromEntries(units.map((one, i) => [i, { state: one }])), journal: { reset } },
      plan: { findings: codes.map((code) => ({ code })), steps, target: isAimless ? undefined : {} },
    } as unknown as NodeStatus,
    isKept,
  );
}

const begin = { kind: 'begin-reset', lane: 'network' };
const start = { kind: 'start', lane: 'network' };
const both = ['running', 'running'] as const;

describe('where a node is, in one word', () => {
  it.each<[string, Case]>([
    ['unknown', { units: ['running', 'unknown'] }],
    ['held', { codes: ['EPH-NODE-RESET-HELD'], steps: [begin] }],
    ['waiting', { isAimless: true }],
    ['waiting', { steps: [{ kind: 'await-release', lane: 'network' }] }],
    ['down', { steps: [begin] }],
    ['resetting', { steps: [begin], units: both }],
    ['starting', { steps: [start], reset: { cause: 'first' } }],
    ['resetting', { steps: [start], reset: { cause: 'scheduled' } }],
    ['starting', { steps: [start], reset: { cause: 'scheduled', completedAtMs: 1 }, units: ['running'] }],
    ['down', { steps: [start], reset: { cause: 'scheduled', completedAtMs: 1 } }],
    ['proven', { reset: { cause: 'first', completedAtMs: 1 }, units: both }],
    ['live', { reset: { cause: 'first', completedAtMs: 1, liveAtMs: 2 }, units: both }],
  ])('%s, while somebody keeps it', (word, one) => {
    expect(state(true, one)).toBe(word);
  });

  it.each<[string, Case]>([
    ['down', { steps: [start], reset: { cause: 'first' } }],
    ['down', { steps: [start], reset: { cause: 'scheduled' } }],
    ['starting', { steps: [start], reset: { cause: 'first' }, units: ['running'] }],
  ])('%s, with nobody who goes on', (word, one) => {
    expect(state(false, one)).toBe(word);
  });
});
