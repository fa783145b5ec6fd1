import { describe, expect, it } from 'vitest';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { History, HistoryPoint } from '../../storage/history.ts';
import { FindingShelf } from '../node/finding-shelf.ts';
import type { WatchChain } from './node-watch.ts';
import { RootWatch } from './root-watch.ts';
import type { WatchedNode } from './watched-node.ts';

class MemoryHistory implements History {
  readonly points: HistoryPoint[] = [];
  isFull = false;

  async append(points: readonly HistoryPoint[]): Promise<void> {
    if (this.isFull) throw new Error('ENOSPC');
    this.points.push(...points);
  }

  async read({ series, sinceMs }: { series: string; sinceMs: number }): Promise<readonly HistoryPoint[]> {
    return this.points.filter((point) => point.series === series && point.atMs >= sinceMs);
  }
}

class Root {
  readonly clock = new VirtualClock(1_000_000_000);
  readonly history = new MemoryHistory();
  readonly shelf = new FindingShelf();
  headSlot = 0;
  moves = true;
  nodes: readonly WatchedNode[] = [
    {
      name: 'home',
      network: 'ephemery',
      executionUrl: 'http://el',
      beaconUrl: 'http://cl',
      clients: { execution: 'geth', consensus: 'lighthouse' },
      ports: { execution: 'TCP 30303' },
      shelf: this.shelf,
      beganAt: () => 'http://provider',
    },
  ];
  readonly watch = new RootWatch({
    clock: this.clock,
    log: silentLog,
    nodes: () => this.nodes,
    history: this.history,
    records: true,
    chain: this.chain(),
  });

  private chain(): WatchChain {
    const answer = async <T>(value: T): Promise<Answer<T>> => known(value);
    return {
      beacon: () => ({
        genesis: () =>
          answer({ genesisTimeSeconds: 0, genesisValidatorsRoot: '0xaa', genesisForkVersion: '0x00000000' }),
        timing: () => answer({ slotSeconds: 12, slotsPerEpoch: 32 }),
        syncing: () =>
          answer({
            headSlot: this.headSlot,
            syncDistance: 50_000,
            isSyncing: true,
            isOptimistic: false,
            elOffline: false,
          }),
        peerCount: () => answer(3),
        peers: () => answer([{ direction: 'inbound' as const }]),
        identity: () => answer({ addresses: [] }),
      }),
      execution: () => ({
        progress: () => answer({ isSyncing: false, figures: {}, stages: [] }),
        headBlock: () => answer(0),
        peerCount: () => answer(0),
        peers: async () => unknown('admin_peers: not there'),
        identity: async () => unknown('admin_nodeInfo: not there'),
      }),
    };
  }

  async live(minutes: number): Promise<void> {
    const life = new AbortController();
    const run = this.watch.run(life.signal);
    for (let second = 0; second < minutes * 60; second += 5) {
      if (this.moves) this.headSlot += 10;
      await this.clock.advance(5_000);
    }
    life.abort();
    await this.clock.advance(1);
    await run;
  }
}

describe('the watch of a root', () => {
  it('tells speed and arrival, keeps a point a minute, and gives them back for a chart', async () => {
    const root = new Root();
    await root.live(10);
    const [report] = await root.watch.sync({});
    const consensus = report?.layers.find(({ layer }) => layer === 'consensus');
    expect(report).toMatchObject({ node: 'home', slotSeconds: 12, beganAt: 'http://provider', recovery: [] });
    expect(consensus).toMatchObject({ client: 'lighthouse', stage: 'slots', distance: 50_000 });
    expect(consensus?.perSecond).toBeCloseTo(2, 1);
    expect(consensus?.history.length).toBeGreaterThanOrEqual(9);
    expect(consensus?.history.length).toBeLessThanOrEqual(11);
    const [peers] = await root.watch.peers({ node: 'home' });
    expect(peers?.layers).toMatchObject([
      { layer: 'execution', connected: 0, ports: 'TCP 30303' },
      { layer: 'consensus', connected: 1, inbound: 1 },
    ]);
  });

  it('puts what stands still onto the shelf, with what to try for it', async () => {
    const root = new Root();
    await root.live(2);
    root.moves = false;
    await root.live(6);
    expect(root.shelf.findings().map(({ code }) => code)).toContain('EPH-SYNC-STALLED');
    const [report] = await root.watch.sync({});
    expect(report?.recovery.map(({ kind, needsConsent }) => [kind, needsConsent])).toEqual([
      ['restart', false],
      ['next-provider', true],
      ['resync', true],
    ]);
  });

  it('goes on without its history', async () => {
    const root = new Root();
    root.history.isFull = true;
    await root.live(3);
    expect((await root.watch.sync({}))[0]?.layers).toHaveLength(2);
  });

  it('knows its nodes by name, and follows them as they change', async () => {
    const root = new Root();
    await root.live(1);
    await expect(async () => root.watch.sync({ node: 'other' })).rejects.toMatchObject({
      code: 'EPH-CONTROL-NO-NODE',
    });
    root.nodes = root.nodes.map((node) => ({ ...node, beaconUrl: 'http://moved' }));
    expect((await root.watch.sync({}))[0]?.layers).toEqual([]);
    root.nodes = [];
    expect(await root.watch.sync({})).toEqual([]);
  });

  it('shows no point of the chain before', async () => {
    const root = new Root();
    const point = (atMs: number, head: number) => ({
      series: 'sync/home/consensus',
      atMs: 1_000_000_000 + atMs,
      values: { head, target: 90_000 },
    });
    await root.history.append([point(1, 5_000), point(2, 6_000), point(3, 10), point(4, 900)]);
    root.headSlot = 950;
    await root.watch.look();
    const [report] = await root.watch.sync({});
    const heads = report?.layers.find(({ layer }) => layer === 'consensus')?.history.map(({ head }) => head);
    expect(heads?.slice(0, 2)).toEqual([10, 900]);
  });
});
