import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { publishedAt, startDevnetPublisher } from './devnet-publisher.ts';
import { devnetDefinition, newDevnetSettings } from './devnet-settings.ts';

const startMs = 1_800_000_000_000;
const ports = { releaser: 1, api: 2, rpc: 3, engine: 4, p2p: 5 };
const definition = devnetDefinition(
  newDevnetSettings({ name: 'devnet', seed: 's', nowMs: startMs, ports, periodSeconds: 120 }),
);

describe('publishing the releases of a devnet', () => {
  it('begins with iteration 1 and adds the next at a quarter of the period before T', () => {
    expect(publishedAt(definition, startMs)).toEqual([1]);
    expect(publishedAt(definition, startMs + 89_999)).toEqual([1]);
    expect(publishedAt(definition, startMs + 90_000)).toEqual([1, 2]);
    expect(publishedAt(definition, startMs + 120_000)).toEqual([2]);
  });

  it('has the current release out before it returns and the next built shortly before it is due', async () => {
    const happened: string[] = [];
    const clock = new VirtualClock(startMs);
    const stop = new AbortController();
    const { done } = await startDevnetPublisher(
      {
        definition,
        clock,
        log: silentLog,
        build: async (iteration) => {
          happened.push(`build ${iteration}`);
          return `/releases/${iteration}`;
        },
        publish: async (tag, folder) => void happened.push(`publish ${tag} ${folder}`),
        prune: async (oldest) => void happened.push(`prune ${oldest}`),
      },
      stop.signal,
    );
    const ended = done.catch((reason: unknown) => reason);
    expect(happened.slice(0, 3)).toEqual(['build 1', 'publish devnet-1 /releases/1', 'prune -2']);
    await clock.advance(79_999);
    expect(happened.slice(3)).toEqual([]);
    await clock.advance(10_000);
    expect(new Set(happened.slice(3))).toEqual(new Set(['build 2']));
    await clock.advance(1);
    expect(happened).toContain('publish devnet-2 /releases/2');
    await clock.advance(10 * 120_000);
    expect(happened.filter((what) => what.startsWith('publish'))).toHaveLength(12);
    stop.abort(new Error('enough'));
    expect(await ended).toEqual(new Error('enough'));
  });

  it('goes straight to the current iteration after a long absence', async () => {
    const happened: string[] = [];
    const stop = new AbortController();
    const clock = new VirtualClock(startMs + 7 * 120_000);
    const { done } = await startDevnetPublisher(
      {
        definition,
        clock,
        log: silentLog,
        build: async (iteration) => String(iteration),
        publish: async (tag) => void happened.push(tag),
        prune: async () => undefined,
      },
      stop.signal,
    );
    stop.abort(new Error('enough'));
    await done.catch(() => undefined);
    expect(happened).toEqual(['devnet-8']);
  });
});
