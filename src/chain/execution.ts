import type { Answer } from '../base/answer.ts';

export interface ExecutionBlock {
  readonly number: number;
  readonly hash: string;
  readonly timestampSeconds: number;
}

/** What we ask of any execution client: standard JSON-RPC, typed, with a deadline on every call. */
export interface ExecutionApi {
  chainId(): Promise<Answer<number>>;
  block(which: 'latest' | number): Promise<Answer<ExecutionBlock>>;
  peerCount(): Promise<Answer<number>>;
  version(): Promise<Answer<string>>;
}
