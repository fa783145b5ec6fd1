import type { Answer } from '../../base/answer.ts';

/** Where a layer is on its way; in this order as a rule. */
export const syncStages = [
  'silent',
  'waiting-for-genesis',
  'waiting-for-consensus',
  'waiting-for-execution',
  'headers',
  'bodies',
  'state',
  'heal',
  'blocks',
  'slots',
  'indexing',
  'following',
] as const;
export type SyncStage = (typeof syncStages)[number];

/** Stages in which nothing of this layer's own is to be expected to move. */
export const restingStages: readonly SyncStage[] = [
  'silent',
  'waiting-for-genesis',
  'waiting-for-consensus',
  'waiting-for-execution',
  'following',
];

/** What an execution client answers to `eth_syncing` beside its heads; names as it gives them. */
export interface ExecutionProgress {
  readonly isSyncing: boolean;
  readonly currentBlock?: number;
  readonly highestBlock?: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Of those that sync in stages: how far each is. */
  readonly stages: readonly { readonly name: string; readonly block: number }[];
}

/** What a client adds to the standard answer, read on the way to `target`; undefined where that tells nothing. */
export type SyncReader = (progress: ExecutionProgress, target: number) => SyncStage | undefined;

export interface ConsensusProgress {
  readonly headSlot: number;
  readonly syncDistance: number;
  readonly isSyncing: boolean;
  readonly isOptimistic: boolean;
  readonly elOffline: boolean;
}

export interface LayerProgress {
  readonly stage: SyncStage;
  readonly head?: number;
  /** What it is on the way to. */
  readonly target?: number;
  /** Changes whenever anything of this layer moves; what a stall is told by. */
  readonly mark: string;
}

const silentProgress: LayerProgress = { stage: 'silent', mark: '' };

/** The head slot may be this far behind the clock without anybody calling it syncing. */
const nearSlots = 2;

export interface ConsensusSeen {
  readonly progress: Answer<ConsensusProgress>;
  /** By the clock; below zero before the genesis. */
  readonly currentSlot: number;
}

/** The stage of a consensus client. Source: ethereum/beacon-APIs, getSyncingStatus. */
export function consensusStage({ progress, currentSlot }: ConsensusSeen): LayerProgress {
  if (!progress.known) return silentProgress;
  const { headSlot, syncDistance, isSyncing, isOptimistic, elOffline } = progress.value;
  const mark = String(headSlot);
  if (currentSlot < 0) return { stage: 'waiting-for-genesis', head: 0, target: 0, mark };
  const target = headSlot + syncDistance;
  const isBehind = isSyncing || syncDistance > nearSlots;
  if (isBehind) return { stage: 'slots', head: headSlot, target, mark };
  const stage = isOptimistic || elOffline ? 'waiting-for-execution' : 'following';
  return { stage, head: headSlot, target, mark };
}

export interface ExecutionSeen {
  readonly progress: Answer<ExecutionProgress>;
  readonly headBlock: Answer<number>;
  /** What the consensus client beside it says. */
  readonly consensus: LayerProgress;
  /** The client's own. */
  readonly reader?: SyncReader | undefined;
}

/** The stage of an execution client, from standard answers and what the clients add to them. */
export function executionStage({ progress, headBlock, consensus, reader }: ExecutionSeen): LayerProgress {
  if (!progress.known || !headBlock.known) return silentProgress;
  const { isSyncing, currentBlock, highestBlock, figures, stages } = progress.value;
  const head = Math.max(headBlock.value, currentBlock ?? 0);
  const mark = JSON.stringify([head, figures, stages.map(({ block }) => block)]);
  if (isSyncing) {
    const target = Math.max(head, highestBlock ?? 0);
    const stage = reader?.(progress.value, target) ?? 'blocks';
    // Some say that they are syncing also while nobody has told them of anything to fetch.
    const isIdle = target === head && stage === 'blocks';
    if (!isIdle || consensus.stage === 'following') return { stage, head, target, mark };
  }
  // Without a head from the consensus client an execution client has nothing to do, and says that it is not syncing.
  if (consensus.stage === 'waiting-for-genesis')
    return { stage: 'waiting-for-genesis', head, target: head, mark };
  const isLed = consensus.stage === 'following';
  return { stage: isLed ? 'following' : 'waiting-for-consensus', head, target: head, mark };
}
