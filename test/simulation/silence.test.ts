import { afterEach, describe, expect, it } from 'vitest';
import { noApiFaults } from './chain-truth.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.end());

async function liveNode(): Promise<void> {
  world = new World();
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1);
}

const answers = async () => (await world.controller.survey()).observed.answers;
const fallsSilent = (silent: 'execution' | 'consensus') => {
  world.truth.faults = {
    ...noApiFaults,
    outage: (layer) => (layer === silent ? 'no answer within 2000 ms' : undefined),
  };
};

describe('a live node of which a client falls silent', () => {
  it.each(['execution', 'consensus'] as const)(
    'is told as a finding after two minutes, and the last answer of %s stays known',
    async (layer) => {
      await liveNode();
      const { lastAtMs = 0 } = (await answers())[layer];
      fallsSilent(layer);
      await world.advance(100_000);
      expect(world.findingCodes()).toEqual([]);
      await world.advance(60_000);
      expect(world.findingCodes()).toEqual(['EPH-NODE-CLIENT-SILENT']);
      const seen = await answers();
      const other = layer === 'execution' ? 'consensus' : 'execution';
      expect(seen[layer].lastAtMs).toBe(lastAtMs);
      expect(seen[layer].silentForMs).toBe(world.clock.nowMs() - lastAtMs);
      expect(seen[other]).toEqual({ lastAtMs: world.clock.nowMs(), silentForMs: 0 });
      expect([world.isRunning('execution'), world.isRunning('consensus')]).toEqual([true, true]);
    },
  );

  it('is told no more once it answers', async () => {
    await liveNode();
    fallsSilent('execution');
    await world.advance(200_000);
    world.truth.faults = noApiFaults;
    await world.advance(40_000);
    expect(world.findingCodes()).toEqual([]);
  });

  it('has no last answer for a supervisor that never had one', async () => {
    await liveNode();
    fallsSilent('execution');
    world.kill();
    world.boot();
    await world.advance(10_000);
    const { execution, consensus } = await answers();
    expect(execution.lastAtMs).toBeUndefined();
    expect(consensus.lastAtMs).toBeDefined();
    await world.advance(150_000);
    expect(world.findingCodes()).toEqual(['EPH-NODE-CLIENT-SILENT']);
  });
});
