import { afterEach, describe, expect, it } from 'vitest';
import { unknown } from '../../src/base/answer.ts';
import { World } from './world.ts';

const layers = ['execution', 'consensus', 'validator'] as const;

let world: World;
afterEach(() => world.end());

async function upAndLive(): Promise<void> {
  world = new World();
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
}

/** Brings the node down, and says whether that came to an end. */
async function isBroughtDown(): Promise<boolean> {
  let ended = false;
  void world.controller.down().then(() => {
    ended = true;
  });
  await world.advance(30_000);
  return ended;
}

describe('a node that is brought down', () => {
  it('stops what runs although its journal is damaged', async () => {
    await upAndLive();
    world.kill();
    world.disk.journal = `damaged\n${world.disk.journal}`;
    world.boot({ loop: false });
    expect(await isBroughtDown()).toBe(true);
    expect(layers.filter((layer) => world.isRunning(layer))).toEqual([]);
    expect(world.disk.journal).toMatch(/^damaged\n/);
  });

  it('stops what runs after its loop has ended', async () => {
    await upAndLive();
    const over = new AbortController();
    world.kill();
    const controller = world.boot({ loop: false });
    const ended = controller.run(over.signal);
    over.abort();
    await world.advance(1_000);
    await ended;
    expect(await isBroughtDown()).toBe(true);
    expect(layers.filter((layer) => world.isRunning(layer))).toEqual([]);
  });

  it.each(['down', 'ended'] as const)('is not waited for by who measures the clock: %s', async (how) => {
    world = new World();
    world.publishOnTime();
    const waits: (boolean | undefined)[] = [];
    world.skew = (patience) => {
      waits.push(patience?.aborted);
      return new Promise((resolve) => {
        const giveUp = () => resolve(unknown('no host answered'));
        if (patience === undefined || patience.aborted) giveUp();
        else patience.addEventListener('abort', giveUp, { once: true });
      });
    };
    const controller = world.boot({ loop: false });
    const over = new AbortController();
    let hasEnded = false;
    void controller.run(over.signal).then(() => {
      hasEnded = true;
    });
    await world.advance(3_600_000);
    expect(waits).toEqual([false]);
    if (how === 'down') expect(await isBroughtDown()).toBe(true);
    over.abort();
    await world.advance(0);
    expect([hasEnded, waits[0]]).toEqual([true, false]);
  });
});
