import { afterEach, describe, expect, it } from 'vitest';
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
});
