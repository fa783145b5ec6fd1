import type { BeaconNode } from '../beacon/beacon-node.ts';
import type { AttesterDuties, HeadEvent, SyncDuties } from '../beacon/shapes.ts';
import type { Roster } from './roster.ts';

export type AttesterDuty = AttesterDuties['data'][number];
export type SyncDuty = SyncDuties['data'][number];

interface EpochDuties {
  readonly attesters: Promise<AttesterDuties>;
  readonly sync: Promise<readonly SyncDuty[]>;
}

/**
 * The duties of our validators, epoch by epoch. Attester duties of an epoch hang on the last block before the epoch
 * before it; when a head tells another one than they were made with, they are asked for again.
 */
export class DutyBook {
  private readonly node: BeaconNode;
  private readonly roster: Roster;
  private readonly byEpoch = new Map<number, EpochDuties>();

  constructor(node: BeaconNode, roster: Roster) {
    this.node = node;
    this.roster = roster;
  }

  async attestersAt(epoch: number, slot: number): Promise<readonly AttesterDuty[]> {
    const { data } = await this.of(epoch).attesters;
    return data.filter((duty) => duty.slot === slot && this.roster.keyOf(duty.validator_index) !== undefined);
  }

  async attestersOf(epoch: number): Promise<readonly AttesterDuty[]> {
    return (await this.of(epoch).attesters).data;
  }

  async syncOf(epoch: number): Promise<readonly SyncDuty[]> {
    const duties = await this.of(epoch).sync;
    return duties.filter((duty) => this.roster.keyOf(duty.validator_index) !== undefined);
  }

  /** Whose block this slot is, when it is one of ours. Asked anew each slot: a late reorg changes it. */
  async proposerAt(epoch: number, slot: number): Promise<number | undefined> {
    const { data } = await this.node.proposerDuties(epoch);
    const index = data.find((duty) => duty.slot === slot)?.validator_index;
    return index === undefined || this.roster.keyOf(index) === undefined ? undefined : index;
  }

  /** Our validators changed: everything is asked for again. */
  clear(): void {
    this.byEpoch.clear();
  }

  forgetBefore(epoch: number): void {
    for (const known of [...this.byEpoch.keys()]) if (known < epoch) this.byEpoch.delete(known);
  }

  /** Drops duties that hang on another block than this head's chain has. */
  async check(epoch: number, head: HeadEvent): Promise<void> {
    const expected: [number, string][] = [
      [epoch, head.previous_duty_dependent_root],
      [epoch + 1, head.current_duty_dependent_root],
    ];
    for (const [of, root] of expected) {
      const known = this.byEpoch.get(of);
      const duties = await known?.attesters.catch(() => undefined);
      if (duties !== undefined && duties.dependent_root !== root) this.byEpoch.delete(of);
    }
  }

  /** A question that failed is not an answer: it is asked again by the next who needs it. */
  private of(epoch: number): EpochDuties {
    const known = this.byEpoch.get(epoch);
    if (known !== undefined) return known;
    const indices = this.roster.indices();
    const none = indices.length === 0;
    const nobody: AttesterDuties = { dependent_root: '', data: [] };
    const duties: EpochDuties = {
      attesters: none ? Promise.resolve(nobody) : this.node.attesterDuties(epoch, indices),
      sync: none ? Promise.resolve([]) : this.node.syncDuties(epoch, indices).then(({ data }) => data),
    };
    this.byEpoch.set(epoch, duties);
    const forget = () => {
      if (this.byEpoch.get(epoch) === duties) this.byEpoch.delete(epoch);
    };
    duties.attesters.catch(forget);
    duties.sync.catch(forget);
    return duties;
  }
}
