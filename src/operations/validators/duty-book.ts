import type { Answer } from '../../base/answer.ts';
import type { BeaconApi, EpochDuties } from '../../chain/beacon.ts';

/** What the watch over a signer keeps from one look to the next, so that a thousand keys cost few requests. */
export class DutyBook {
  private readonly epochs = new Map<number, { readonly of: string; readonly duties: EpochDuties }>();
  private readonly ownBlocks = new Set<string>();

  /** The long list of attesters is asked for once an epoch, unless the block changes on which it depends. */
  async duties(beacon: BeaconApi, epoch: number, indices: readonly number[]): Promise<Answer<EpochDuties>> {
    const of = indices.join();
    const held = this.epochs.get(epoch);
    const answer = await beacon.duties(epoch, indices, held?.of === of ? held.duties : undefined);
    if (answer.known) this.epochs.set(epoch, { of, duties: answer.value });
    return answer;
  }

  /** A block that was found to be our own stays so: what our signer wrote down does not go away. */
  isOwnBlock(slot: number, index: number): boolean {
    return this.ownBlocks.has(`${slot} ${index}`);
  }

  noteOwnBlock(slot: number, index: number): void {
    this.ownBlocks.add(`${slot} ${index}`);
  }

  /** Epochs that are over and not looked at any more. */
  forgetBefore(epoch: number): void {
    for (const each of this.epochs.keys()) if (each < epoch) this.epochs.delete(each);
  }

  forgetAll(): void {
    this.epochs.clear();
    this.ownBlocks.clear();
  }
}
