import { afterEach, describe, expect, it } from 'vitest';
import type { NodeSetup } from '../../src/operations/node/node-setup.ts';
import { fakeClient } from './fake-clients.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.end());

async function upAndLive(): Promise<void> {
  world = new World();
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
}

type ChainLayer = 'execution' | 'consensus';

/** As a supervisor that is told to apply a changed configuration: the node runs on, with a new controller. */
async function switchTo(
  layer: ChainLayer,
  id: string,
  { killedAfterMs }: { readonly killedAfterMs?: number } = {},
): Promise<void> {
  world.kill();
  const definition = fakeClient(layer, id);
  const setup: NodeSetup = { ...world.setup, [layer]: { ...world.setup[layer], definition } };
  world.setup = setup;
  world.boot();
  if (killedAfterMs !== undefined) {
    await world.advance(killedAfterMs);
    world.kill();
    world.boot();
  }
  await world.until(() => runsAs(layer, id) && world.isRunning('validator'));
}

function runsAs(layer: ChainLayer, id: string): boolean {
  return world.isRunning(layer) && lastRun(layer)?.client === id;
}

function lastRun(layer: ChainLayer): { client: string; folder: string } | undefined {
  const entries = world.disk.journal
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { type: string; layer?: string; run?: { client: string; folder: string } },
    );
  return entries.findLast((entry) => entry.type === 'unit.started' && entry.layer === layer)?.run;
}

describe.each(['execution', 'consensus'] as const)('another %s client for a node that runs', (layer) => {
  const old = layer === 'execution' ? 'alpha' : 'beta';

  it('gets a directory of its own in the same chain folder; iteration and protection stay', async () => {
    await upAndLive();
    const iteration = world.iterationOf(layer);
    const protection = [...world.disk.protection];
    const folder = lastRun(layer)?.folder;
    await switchTo(layer, 'omega');
    expect(world.iterationOf(layer)).toBe(iteration);
    expect(lastRun(layer)).toMatchObject({ client: 'omega', folder });
    expect(world.disk.folders()).toHaveLength(1);
    expect(world.disk.folders()[0]?.clients).toEqual(
      expect.arrayContaining([`${layer}.${old}`, `${layer}.omega`]),
    );
    expect(world.disk.protection).toEqual(protection);
    expect(world.eventsOf('reset.started')).toHaveLength(1);
  });

  it('and back again takes up the directory that was left', async () => {
    await upAndLive();
    const folder = lastRun(layer)?.folder;
    await switchTo(layer, 'omega');
    await switchTo(layer, old);
    expect(lastRun(layer)).toMatchObject({ client: old, folder });
    expect(world.disk.folders()).toHaveLength(1);
    expect(world.truth.violations).toEqual([]);
  });

  it('that dies while it is prepared is prepared again', async () => {
    await upAndLive();
    await switchTo(layer, 'omega', { killedAfterMs: 400 });
    expect(lastRun(layer)).toMatchObject({ client: 'omega' });
    expect(world.disk.folders()).toHaveLength(1);
    expect(world.truth.violations).toEqual([]);
  });
});

it('another validator client signs on a store of its own, with the earlier ones carried over, and back', async () => {
  await upAndLive();
  const { validator } = world.setup;
  if (validator === undefined) throw new Error('the world has a validator client');
  const before = validator.definition.id;
  const stores = () => world.disk.protection.map(({ client, number }) => `${client}-${number}`);
  for (const [id, number] of [
    ['omega', 2],
    [before, 3],
  ] as const) {
    world.kill();
    world.setup = { ...world.setup, validator: { ...validator, definition: fakeClient('validator', id) } };
    world.boot();
    await world.until(() => world.isRunning('validator') && stores().at(-1) === `${id}-${number}`);
  }
  expect(stores()).toEqual([`${before}-1`, 'omega-2', `${before}-3`]);
  expect(world.truth.violations).toEqual([]);
  expect(world.eventsOf('reset.started')).toHaveLength(1);
});
