import type { electra } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';

/** More proposals are not open at a time. */
const kept = 4;

/** Payloads of the last blocks that were produced here, so that a blinded block can be made whole again. */
export class ProducedPayloads {
  private readonly byHash = new Map<string, electra.ExecutionPayload>();

  remember(payload: electra.ExecutionPayload): void {
    this.byHash.set(toRootHex(payload.blockHash), payload);
    const [oldest] = this.byHash.keys();
    if (this.byHash.size > kept && oldest !== undefined) this.byHash.delete(oldest);
  }

  get(blockHash: Uint8Array): electra.ExecutionPayload | undefined {
    return this.byHash.get(toRootHex(blockHash));
  }
}
