import type { Answer } from '../base/answer.ts';

/** A host that serves finalized states of a network: a beacon node, or a server made for it (checkpointz). */
export interface CheckpointProvider {
  readonly url: string;
  genesisValidatorsRoot(): Promise<Answer<string>>;
  finalized(): Promise<Answer<{ readonly epoch: number; readonly root: string }>>;
  /** The root of the canonical block in a slot; unknown where the slot is empty or is not kept any more. */
  blockRoot(slot: number): Promise<Answer<string>>;
}
