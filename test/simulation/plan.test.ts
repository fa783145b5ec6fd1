import { afterEach, describe, expect, it } from 'vitest';
import { known, unknown } from '../../src/base/answer.ts';
import type { Keymanager } from '../../src/chain/keymanager.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { identityName } from '../../src/core/network/identity.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import type { NodeSetup } from '../../src/operations/node/node-setup.ts';
import { reportPlan } from '../../src/operations/report/plan-report.ts';
import { fakeClient } from './fake-clients.ts';
import { identityOf, network } from './network.ts';
import { nodeSetup, World } from './world.ts';

let world: World;
afterEach(() => world.end());

const name = (iteration: number) => identityName(identityOf(iteration));
const startOf = (iteration: number) => scheduleOf(network, iteration).startSeconds;

/** A node whose validator client is told of its keys over an API. */
function withKeymanager(): NodeSetup {
  const keymanager = {
    port: 'keymanager',
    token: 'ours',
    keys: 'local',
    settings: [],
    signsExits: false,
  } as const;
  const definition = fakeClient('validator', 'gamma', { keymanager });
  const { validator } = nodeSetup;
  if (validator === undefined) throw new Error('the node has no validator client');
  return { ...nodeSetup, validator: { ...validator, definition, ports: { keymanager: 4 } } };
}

function begin(setup: NodeSetup = nodeSetup): void {
  world = new World({ setup });
  world.publishOnTime();
  world.keymanager = async () =>
    ({
      keys: async () =>
        [...(world.disk.keystores.get('main') ?? [])].map((key) => ({
          key: key as PublicKey,
          held: 'local',
        })),
    }) as unknown as Keymanager;
}

/** Our process with nobody to do anything by itself. */
function only(): World['controller'] {
  world.kill();
  return world.boot({ loop: false });
}

/** What a plan says would be done. */
async function saying(ask: { readonly force?: boolean } = {}): Promise<readonly string[]> {
  return reportPlan('home', await world.controller.plan(ask)).steps.map(({ words }) => words);
}

/** What is then done, until nothing is left. */
async function doing(act: () => Promise<void> | void): Promise<readonly string[]> {
  world.events.length = 0;
  await act();
  await world.until(() => world.eventsOf('step.started').length > 0 && isSettled());
  expect(world.eventsOf('step.failed')).toEqual([]);
  const started = world.eventsOf('step.started').map(({ step }) => step);
  expect(world.eventsOf('step.done').map(({ step }) => step)).toEqual(started);
  return started;
}

function isSettled(): boolean {
  return world.controller.status?.plan.steps.length === 0;
}

/** The loop, in another life of our process. */
function run(): void {
  world.kill();
  world.boot();
}

async function live(iteration: number): Promise<void> {
  await world.until(() => world.eventsOf('reset.live').some((event) => event.iteration === iteration));
  await world.until(isSettled);
}

const setups = [
  { what: 'as it is', setup: nodeSetup },
  { what: 'with a validator client that is told of its keys', setup: withKeymanager() },
];

describe.each(setups)('what a plan says is what is done, in its order: a node $what', ({ setup }) => {
  const loads = (lines: readonly string[]) =>
    lines.filter((line) => line === 'see that the validator client has the keys of main').length;
  const expected = setup === nodeSetup ? 0 : 1;

  it('comes up for the first time', async () => {
    begin(setup);
    const controller = world.boot({ loop: false });
    expect(await saying()).toEqual(['wait for a verified release of iteration 10']);
    await controller.tick();
    await world.until(() => world.shelf.heldOf(10).length === 1);
    const said = await saying();
    expect(said).toContain("keep the execution client's node identity");
    expect(said.at(-1)).toBe(`see ${name(10)} produce blocks`);
    expect(loads(said)).toBe(expected);
    expect(await doing(run)).toEqual(said);
  });

  it('resets at T, with chain data of three iterations and one to be kept', async () => {
    begin({ ...setup, keepOldChains: 3 });
    world.boot();
    for (const iteration of [10, 11, 12]) {
      await world.advanceTo(startOf(iteration));
      await live(iteration);
    }
    await world.advanceTo(startOf(13) - 1);
    world.kill();
    world.setup = setup;
    await world.advanceTo(startOf(13));
    only();
    const said = await saying();
    expect(said[0]).toBe(`begin the reset to ${name(13)}`);
    const removed = [11, 10].map((old) => `remove the old chain data in chains/${name(old)}`);
    expect(said.slice(-3)).toEqual([`see ${name(13)} produce blocks`, ...removed]);
    expect(loads(said)).toBe(expected);
    expect(await doing(run)).toEqual(said);
  });

  it('is reset by force', async () => {
    begin(setup);
    world.boot();
    await live(10);
    const said = await saying({ force: true });
    expect(said).toContain(`prepare chains/${name(10)}-2/execution.alpha`);
    expect(said).toContain("keep the consensus client's node identity");
    expect(said.at(-1)).toBe(`see ${name(10)} produce blocks`);
    expect(loads(said)).toBe(expected);
    expect(await doing(() => world.controller.resetNow({ force: true }))).toEqual(said);
  });
});

describe('a plan for a node that is on its network', () => {
  it('says what follows the first blocks while they are waited for, and does not do it before', async () => {
    begin({ ...nodeSetup, keepOldChains: 0 });
    world.boot();
    await live(10);
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.completed').length === 2);
    await world.advance(5_000);
    only();
    const said = await saying();
    expect(said).toEqual([
      `see ${name(11)} produce blocks`,
      `remove the old chain data in chains/${name(10)}`,
    ]);
    expect(world.disk.chains.has(name(10))).toBe(true);
    expect(await doing(run)).toEqual(said);
  });

  it('proves again nothing that was proven on the same data', async () => {
    begin();
    world.boot();
    await live(10);
    world.setup = { ...nodeSetup, execution: { ...nodeSetup.execution, args: ['--verbose'] } };
    only();
    const said = await saying();
    expect(said).toEqual(['stop execution: its settings changed', `start execution (alpha) on ${name(10)}`]);
    expect(await doing(run)).toEqual(said);
  });

  it('keeps the node identity of a client that comes in the place of another', async () => {
    begin();
    world.boot();
    await live(10);
    const { consensus } = nodeSetup;
    world.setup = { ...nodeSetup, consensus: { ...consensus, definition: fakeClient('consensus', 'omega') } };
    only();
    const said = await saying();
    expect(said.at(-1)).toBe("keep the consensus client's node identity");
    expect(await doing(run)).toEqual(said);
  });

  it('tells the keys to a validator client that it takes over', async () => {
    begin(withKeymanager());
    world.boot();
    world.mayHappen = (moment, life) => {
      if (moment.includes('start.after-spawn') && world.isRunning('validator')) life.kill();
    };
    await world.until(() => !world.isUp);
    world.mayHappen = () => undefined;
    await world.advance(5_000);
    only();
    const said = await saying();
    expect(said).toContain('take over the running validator');
    expect(said).toContain('see that the validator client has the keys of main');
    expect(await doing(run)).toEqual(said);
  });
});

it('while the keys are watched what follows goes on beside it, each lane in the order of the plan', async () => {
  begin();
  let isQuiet = false;
  world.guard = { quiet: async () => (isQuiet ? known(true) : unknown('not seen for long enough')) };
  await world.boot({ loop: false }).tick();
  await world.until(() => world.shelf.heldOf(10).length === 1);
  const plan = reportPlan('home', await world.controller.plan());
  world.events.length = 0;
  run();
  await world.until(() => world.eventsOf('reset.live').length === 1);
  expect(world.isRunning('validator')).toBe(false);
  isQuiet = true;
  await world.until(isSettled);
  const done = world.eventsOf('step.done').map(({ step }) => step);
  for (const lane of ['network', 'validator', 'aftercare']) {
    const said = plan.steps.filter((step) => step.lane === lane).map(({ words }) => words);
    expect(done.filter((step) => said.includes(step))).toEqual(said);
  }
  expect(done.toSorted()).toEqual(plan.steps.map(({ words }) => words).toSorted());
});
