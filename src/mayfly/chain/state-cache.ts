import type { ChainState, RootHex } from '../types.ts';

/** Post-states by block root, the most recently used kept. States of one chain share most of their memory. */
export class StateCache {
  private readonly states = new Map<RootHex, ChainState>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(blockRoot: RootHex): ChainState | undefined {
    const state = this.states.get(blockRoot);
    if (state === undefined) return undefined;
    this.states.delete(blockRoot);
    this.states.set(blockRoot, state);
    return state;
  }

  put(blockRoot: RootHex, state: ChainState): void {
    this.states.delete(blockRoot);
    this.states.set(blockRoot, state);
    const [oldest] = this.states.keys();
    if (this.states.size > this.limit && oldest !== undefined) this.states.delete(oldest);
  }

  delete(blockRoot: RootHex): void {
    this.states.delete(blockRoot);
  }
}
