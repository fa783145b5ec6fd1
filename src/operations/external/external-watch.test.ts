import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { ExecutionApi } from '../../chain/execution.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { scheduleOf } from '../../core/network/schedule.ts';
import type { NodeReleases } from '../node/node-environment.ts';
import type { NodeEvent } from '../node/node-event.ts';
import { reportExternal } from './external-report.ts';
import { ExternalWatch } from './external-watch.ts';

const startMs = (iteration: number) => scheduleOf(publicNetwork, iteration).startSeconds * 1_000;

/** Somebody else's node on `iteration`, whose answers can be changed. */
function stage(iteration: number, nowMs: number) {
  const clock = new VirtualClock(nowMs);
  const events: NodeEvent[] = [];
  const asked: number[] = [];
  const their = { iteration, isUp: true };
  const say = <T>(value: () => T) => Promise.resolve(their.isUp ? known(value()) : unknown('refused'));
  const schedule = () => scheduleOf(publicNetwork, their.iteration);
  const execution = {
    chainId: () => say(() => schedule().chainId),
    block: () => say(() => ({ number: 7, hash: '0x0b', timestampSeconds: 0 })),
    version: () => say(() => 'Geth/v1.17.6'),
  } as unknown as ExecutionApi;
  const beacon = {
    genesis: () =>
      say(() => ({
        genesisTimeSeconds: schedule().genesisSeconds,
        genesisValidatorsRoot: '0x0a',
        genesisForkVersion: '0x1000101b',
      })),
    version: () => say(() => 'Lighthouse/v8'),
    syncing: () =>
      say(() => ({ headSlot: 9, syncDistance: 2, isSyncing: true, isOptimistic: false, elOffline: false })),
  } as unknown as BeaconApi;
  const releases: NodeReleases = {
    held: async () => [],
    obtain: async (wanted) => {
      asked.push(wanted);
      return { answer: 'unknown', reason: 'outage' };
    },
    findings: () => [],
  };
  const client = { client: 'geth', url: 'http://127.0.0.1:8545' };
  const watch = new ExternalWatch(
    { name: 'theirs', network: publicNetwork, execution: client, consensus: client },
    {
      clock,
      log: silentLog,
      releases,
      beacon: () => beacon,
      execution: () => execution,
      emit: (event) => events.push(event),
    },
  );
  return { watch, clock, events, their, asked };
}

describe('watching a node of somebody else', () => {
  it('reports what it runs, how far it is, and the next reset', async () => {
    const { watch, clock } = stage(166, startMs(166) + 86_400_000);
    await watch.look();
    const report = reportExternal(watch, clock.nowMs());
    expect(report).toMatchObject({ state: 'live', wanted: 166, running: 166, resetsMissed: 0 });
    expect(report.nextResetAtMs).toBe(startMs(167));
    expect(report.clients).toEqual([
      expect.objectContaining({ layer: 'execution', version: 'Geth/v1.17.6', head: 7, network: 'right' }),
      expect.objectContaining({ layer: 'consensus', head: 9, syncDistance: 2, url: 'http://127.0.0.1:8545' }),
    ]);
  });

  it('tells once of a missed reset, and once when it was made up for', async () => {
    const { watch, clock, events, their } = stage(166, startMs(167) + 3_600_000);
    await watch.look();
    await watch.look();
    expect(reportExternal(watch, clock.nowMs())).toMatchObject({ state: 'elsewhere', resetsMissed: 1 });
    their.iteration = 167;
    await watch.look();
    expect(events.map(({ type }) => type)).toEqual([
      'finding.raised',
      'finding.raised',
      'finding.cleared',
      'finding.cleared',
    ]);
  });

  it('takes silence for not knowing', async () => {
    const { watch, clock, their } = stage(166, startMs(167) + 3_600_000);
    their.isUp = false;
    await watch.look();
    const report = reportExternal(watch, clock.nowMs());
    expect(report).toMatchObject({ state: 'unknown', resetsMissed: 0 });
    expect(report.running).toBeUndefined();
  });

  it('asks for the release it lacks every ten minutes, not at every look', async () => {
    const { watch, clock, asked } = stage(166, startMs(166) + 86_400_000);
    const life = new AbortController();
    const running = watch.run(life.signal);
    await clock.advance(11 * 60_000);
    expect(asked).toEqual([166, 166]);
    life.abort();
    await running;
  });
});
