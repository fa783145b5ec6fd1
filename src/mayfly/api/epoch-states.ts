import { ApiError } from '@lodestar/api/server';
import { SLOTS_PER_EPOCH } from '@lodestar/params';
import type { Chain } from '../chain/chain.ts';
import { advanceTo } from '../chain/transition.ts';
import type { ChainState, RootHex } from '../types.ts';

/** Enough for a head and its rival over an epoch boundary. */
const kept = 4;

/**
 * States that know the committees of an epoch: the head's, advanced to the epoch that the clock shows when no
 * block of it is there yet. Those few are kept, as every validator client asks at the same moment.
 */
export class EpochStates {
  private readonly chain: Chain;
  private readonly states = new Map<string, Promise<ChainState>>();

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /** The epoch that the clock shows; 0 before genesis. */
  get currentEpoch(): number {
    return Math.floor(Math.max(0, this.chain.currentSlot()) / SLOTS_PER_EPOCH);
  }

  /** The head's state, in the epoch of the clock at least: it knows the committees from one before to one after. */
  current(): Promise<ChainState> {
    const { head, headState } = this.chain;
    const epoch = this.currentEpoch;
    if (headState.epochCtx.epoch >= epoch) return Promise.resolve(headState);
    return this.advanced(head.root, headState, epoch);
  }

  /** The canonical state that knows the committees of this epoch. @throws ApiError 400 for one that is too far off */
  async knowing(epoch: number): Promise<ChainState> {
    if (epoch > this.currentEpoch + 1) {
      throw new ApiError(
        400,
        `Epoch ${epoch} is more than one ahead of the current epoch ${this.currentEpoch}`,
      );
    }
    const state = await this.current();
    if (epoch >= state.epochCtx.epoch - 1) return state;
    return this.past(epoch);
  }

  /** The canonical state at the start of an epoch that has begun. */
  async past(epoch: number): Promise<ChainState> {
    const state = await this.chain.stateAt(epoch * SLOTS_PER_EPOCH);
    if (state === undefined) throw new ApiError(404, `State not found: epoch ${epoch}`);
    return state;
  }

  private advanced(root: RootHex, from: ChainState, epoch: number): Promise<ChainState> {
    const key = `${root}|${epoch}`;
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const state = advanceTo(from, epoch * SLOTS_PER_EPOCH);
    this.states.set(key, state);
    const [oldest] = this.states.keys();
    if (this.states.size > kept && oldest !== undefined) this.states.delete(oldest);
    return state;
  }
}
