import type { PublicKey } from '../../core/keys/public-key.ts';
import type { BeaconNode, ValidatorStatus } from '../beacon/beacon-node.ts';
import type { KeyChest } from '../keys/key-chest.ts';

/**
 * Which of our keys are validators of the network now or soon, by index: one that waits for its first epoch has its
 * duties of that epoch told before. A slashed one is not: its duties bring nothing.
 */
export class Roster {
  private readonly node: BeaconNode;
  private readonly keys: KeyChest;
  private byIndex = new Map<number, PublicKey>();

  constructor(node: BeaconNode, keys: KeyChest) {
    this.node = node;
    this.keys = keys;
  }

  /** Asks the node anew. True when they are others than before. */
  async refresh(): Promise<boolean> {
    const statuses = await this.node.validators(this.keys.publicKeys());
    const active = new Map(statuses.filter(hasDuties).map(({ index, key }) => [index, key]));
    const isSame =
      active.size === this.byIndex.size && [...active.keys()].every((index) => this.byIndex.has(index));
    this.byIndex = active;
    return !isSame;
  }

  indices(): number[] {
    return [...this.byIndex.keys()];
  }

  entries(): Iterable<[number, PublicKey]> {
    return this.byIndex.entries();
  }

  /** Undefined for other people's validators, and for a key that was taken away meanwhile. */
  keyOf(index: number): PublicKey | undefined {
    const key = this.byIndex.get(index);
    return key !== undefined && this.keys.has(key) ? key : undefined;
  }
}

function hasDuties({ status }: ValidatorStatus): boolean {
  return status === 'active_ongoing' || status === 'active_exiting' || status === 'pending_queued';
}
