import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import {
  type ConsensusProgress,
  consensusStage,
  type ExecutionProgress,
  executionStage,
  type LayerProgress,
  type SyncReader,
} from './sync-stage.ts';

const consensus = (more: Partial<ConsensusProgress> = {}, currentSlot = 1_000) =>
  consensusStage({
    progress: known({
      headSlot: 1_000,
      syncDistance: 0,
      isSyncing: false,
      isOptimistic: false,
      elOffline: false,
      ...more,
    }),
    currentSlot,
  });

describe('the stage of a consensus client', () => {
  it.each([
    ['following', consensus()],
    ['following', consensus({ headSlot: 998, syncDistance: 2 })],
    ['slots', consensus({ headSlot: 400, syncDistance: 600, isSyncing: true })],
    ['slots', consensus({ headSlot: 990, syncDistance: 10 })],
    ['waiting-for-execution', consensus({ isOptimistic: true })],
    ['waiting-for-execution', consensus({ elOffline: true })],
    ['waiting-for-genesis', consensus({ headSlot: 0 }, -5)],
    ['silent', consensusStage({ progress: unknown('ECONNREFUSED'), currentSlot: 1 })],
  ] as const)('is %s', (stage, progress) => {
    expect(progress.stage).toBe(stage);
  });

  it('is on the way to head and distance', () => {
    expect(consensus({ headSlot: 400, syncDistance: 600 })).toMatchObject({ head: 400, target: 1_000 });
  });
});

const following: LayerProgress = { stage: 'following', mark: '' };
const execution = (
  more: Partial<ExecutionProgress>,
  beside: LayerProgress = following,
  reader?: SyncReader,
) =>
  executionStage({
    reader,
    progress: known({
      isSyncing: true,
      highestBlock: 900,
      currentBlock: 100,
      figures: {},
      stages: [],
      ...more,
    }),
    headBlock: known(100),
    consensus: beside,
  });

describe('the stage of an execution client', () => {
  it.each([
    ['blocks', execution({})],
    ['state', execution({}, following, () => 'state')],
    ['blocks', execution({}, following, () => undefined)],
    ['following', execution({ isSyncing: false })],
    // What geth 1.17 says while nobody has told it of a head.
    [
      'waiting-for-consensus',
      execution({ currentBlock: 100, highestBlock: 100 }, { stage: 'slots', mark: '' }),
    ],
    ['waiting-for-consensus', execution({ isSyncing: false }, { stage: 'slots', mark: '' })],
    ['waiting-for-genesis', execution({ isSyncing: false }, { stage: 'waiting-for-genesis', mark: '' })],
  ] as const)('is %s', (stage, progress) => {
    expect(progress.stage).toBe(stage);
  });

  it('is silent when either answer is missing, never synced', () => {
    const silent = { headBlock: known(7), consensus: following, progress: unknown('late') };
    expect(executionStage(silent).stage).toBe('silent');
  });

  it('shows that it moves by any figure of its own', () => {
    const one = execution({ figures: { healedTrienodes: 1 } });
    const other = execution({ figures: { healedTrienodes: 2 } });
    expect(one.mark).not.toBe(other.mark);
  });
});
