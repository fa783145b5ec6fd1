import { describe, expect, it } from 'vitest';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { SyncMonitor } from './sync-monitor.ts';

/** A network of 12 s slots whose node is `behind` slots late and does `perSecond`. */
class Node {
  readonly clock = new VirtualClock(2_000_000_000);
  root = '0xaa';
  isUp = true;
  headSlot = 0;
  perSecond = 2;
  isOptimistic = false;
  block: number | undefined;

  readonly monitor = new SyncMonitor({
    node: 'home',
    clock: this.clock,
    beacon: {
      genesis: async () =>
        this.answer({
          genesisTimeSeconds: 1_000_000,
          genesisValidatorsRoot: this.root,
          genesisForkVersion: '0x00000000',
        }),
      timing: async () => this.answer({ slotSeconds: 12, slotsPerEpoch: 32 }),
      syncing: async () => {
        const syncDistance = this.currentSlot() - Math.floor(this.headSlot);
        return this.answer({
          headSlot: Math.floor(this.headSlot),
          syncDistance,
          isSyncing: syncDistance > 1,
          isOptimistic: this.isOptimistic,
          elOffline: false,
        });
      },
    },
    execution: {
      progress: async () => this.answer({ isSyncing: false, figures: {}, stages: [] }),
      headBlock: async () => this.answer(this.block ?? 0),
    },
  });

  private answer<T>(value: T): Answer<T> {
    return this.isUp ? known(value) : unknown('ECONNREFUSED');
  }

  currentSlot(): number {
    return Math.floor((this.clock.nowMs() / 1_000 - 1_000_000) / 12);
  }

  async watch(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 10) {
      await this.clock.advance(10_000);
      this.headSlot = Math.min(this.currentSlot(), this.headSlot + this.perSecond * 10);
      await this.monitor.sample();
    }
  }

  layer(layer: 'execution' | 'consensus') {
    const found = this.monitor.figures().find((figures) => figures.layer === layer);
    if (found === undefined) throw new Error('not looked at');
    return found;
  }

  codes(): readonly string[] {
    return this.monitor.findings().map(({ code, subject }) => `${code} ${subject.layer}`);
  }
}

describe('the sync monitor', () => {
  it('tells speed and arrival, and the arrival comes true', async () => {
    const node = new Node();
    await node.watch(300);
    const { speed, arrival, stage } = node.layer('consensus');
    expect(stage).toBe('slots');
    expect(speed?.perSecond).toBeCloseTo(2, 1);
    expect(arrival.kind).toBe('coming');
    const inMs = arrival.kind === 'coming' ? arrival.inMs : 0;
    await node.watch(Math.floor(inMs / 1_000) - 60);
    expect(node.layer('consensus').stage).toBe('slots');
    await node.watch(120);
    expect(node.layer('consensus')).toMatchObject({ stage: 'following', arrival: { kind: 'there' } });
    expect(node.codes()).toEqual([]);
  });

  it('finds a layer that answers and stands still, and takes it back when it goes on', async () => {
    const node = new Node();
    await node.watch(100);
    node.perSecond = 0;
    await node.watch(290);
    expect(node.codes()).toEqual([]);
    await node.watch(20);
    expect(node.codes()).toEqual(['EPH-SYNC-STALLED consensus']);
    node.perSecond = 2;
    await node.watch(10);
    expect(node.codes()).toEqual([]);
  });

  it('makes nothing of silence', async () => {
    const node = new Node();
    await node.watch(100);
    node.isUp = false;
    await node.watch(900);
    expect(node.codes()).toEqual([]);
    expect(node.layer('consensus')).toMatchObject({ stage: 'silent', arrival: { kind: 'unmeasured' } });
  });

  it('says when a layer is no faster than its network', async () => {
    const node = new Node();
    node.perSecond = 1 / 12;
    await node.watch(600);
    expect(node.layer('consensus').arrival).toEqual({ kind: 'never' });
    expect(node.codes()).toEqual(['EPH-SYNC-NEVER consensus']);
  });

  it('finds two layers that wait for each other', async () => {
    const node = new Node();
    node.headSlot = node.currentSlot();
    node.isOptimistic = true;
    await node.watch(320);
    expect(node.layer('execution').stage).toBe('waiting-for-consensus');
    expect(node.codes()).toEqual(['EPH-SYNC-WAITS-FOR-CONSENSUS execution']);
  });

  it('forgets the speed of the network before a reset', async () => {
    const node = new Node();
    await node.watch(300);
    node.root = '0xbb';
    node.headSlot = 0;
    await node.watch(20);
    expect(node.layer('consensus').speed).toBeUndefined();
  });
});
