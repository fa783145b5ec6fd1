import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResetEvent } from '../../src/operations/node/node-event.ts';
import { World } from './world.ts';

let world: World;
let seen: ResetEvent[];
beforeEach(() => {
  world = new World();
  world.publishOnTime();
  seen = [];
});
afterEach(() => world.end());

const hook = (on: ResetEvent['type'], run: (event: ResetEvent) => Promise<void>) => ({
  target: `on ${on}`,
  on,
  run,
  timeoutMs: 60_000,
});
const note = async (event: ResetEvent) => {
  seen.push(event);
};

describe('hooks', () => {
  it('get each completed and each live reset with its facts', async () => {
    world.hooks = [hook('reset.completed', note), hook('reset.live', note)];
    world.boot();
    await world.until(() => seen.length === 2);
    expect(seen.map((event) => event.type)).toEqual(['reset.completed', 'reset.live']);
    expect(seen[0]).toMatchObject({ node: 'home', iteration: 10, chainId: 5010, cause: 'first' });
    await world.advance(120_000);
    expect(seen).toHaveLength(2);
  });

  it('that fail or hang are told and hold up nothing', async () => {
    world.hooks = [
      hook('reset.completed', () => Promise.reject(new Error('exit code 3'))),
      hook('reset.live', () => new Promise(() => undefined)),
    ];
    world.boot();
    await world.until(() => world.isRunning('validator'));
    await world.until(
      () => world.findingCodes().filter((code) => code === 'EPH-NODE-HOOK-FAILED').length === 2,
    );
    const reasons = world.controller.findings.map((finding) => finding.long).join();
    expect(reasons).toContain('failed: exit code 3.');
    expect(reasons).not.toContain('..');
    expect(reasons).toContain('60 s');
  });

  it('that were running when we were killed run again', async () => {
    let begun = 0;
    const kill = async (event: ResetEvent) => {
      begun += 1;
      if (begun === 1) world.kill();
      else seen.push(event);
    };
    world.hooks = [hook('reset.completed', kill)];
    world.boot();
    await world.until(() => !world.isUp);
    world.boot();
    await world.until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ iteration: 10 });
  });
});
