import { describe, expect, it } from 'vitest';
import { keyStateOf } from './key-state.ts';

describe('where a key is in its life', () => {
  it.each([
    ['pending_initialized', false, 'pending'],
    ['pending_queued', false, 'pending'],
    ['active_ongoing', false, 'active'],
    ['active_exiting', false, 'exiting'],
    ['active_slashed', true, 'slashed'],
    ['exited_unslashed', false, 'exited'],
    ['exited_slashed', true, 'slashed'],
    ['withdrawal_possible', false, 'exited'],
    ['withdrawal_possible', true, 'slashed'],
    ['withdrawal_done', false, 'exited'],
    ['something_of_a_later_fork', false, 'unknown'],
  ])('%s, slashed: %s -> %s', (status, slashed, state) => {
    expect(keyStateOf({ status, slashed })).toBe(state);
  });
});
