import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, known, unknown } from '../../src/base/answer.ts';
import type { CheckpointProvider } from '../../src/chain/checkpoint-provider.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { CheckpointDesk } from '../../src/operations/checkpoint/checkpoint-desk.ts';
import { fakeClient } from './fake-clients.ts';
import { identityOf, network } from './network.ts';
import { nodeSetup, World } from './world.ts';

const root = (digit: string) => `0x${digit.repeat(64)}`;
const startMs = scheduleOf(network, 10).startSeconds * 1000 + 300_000;
// A slot of 1 s and epochs of 8: it is epoch 30.
const configText = async () => 'SECONDS_PER_SLOT: 1\nSLOTS_PER_EPOCH: 8';

interface Provider {
  network: Answer<string>;
  epoch: number;
  root: string;
  silentUntilMs?: number;
}

const honest = (): Provider => ({
  network: known(identityOf(10).genesisValidatorsRoot),
  epoch: 28,
  root: root('1'),
});

let world: World;
afterEach(() => world.end());

/** A node whose consensus client shows on its command line with what it was begun. */
function boot(providers: Readonly<Record<string, Provider>>): World {
  const consensus = fakeClient('consensus', 'beta', {
    program: ({ paths, checkpointUrl }) => ({
      args: [
        paths.data,
        paths.bundle,
        ...(checkpointUrl === undefined ? [] : [`--checkpoint=${checkpointUrl}`]),
      ],
      env: {},
    }),
  });
  const setup = { ...nodeSetup, consensus: { ...nodeSetup.consensus, definition: consensus } };
  world = new World({ startMs, setup });
  world.publishOnTime();
  world.checkpoints = new CheckpointDesk({
    node: 'home',
    clock: world.clock,
    configText,
    providers: Object.entries(providers).map(([url, provider]) => toPort(world, url, provider)),
  });
  world.boot();
  return world;
}

function toPort({ clock }: World, url: string, provider: Provider): CheckpointProvider {
  const said = <T>(value: Answer<T>) =>
    clock.nowMs() < (provider.silentUntilMs ?? 0) ? unknown('no answer within 8000 ms') : value;
  return {
    url,
    genesisValidatorsRoot: async () => said(provider.network),
    finalized: async () => said(known({ epoch: provider.epoch, root: provider.root })),
    blockRoot: async () => said(known(root('1'))),
  };
}

function begunWith(): string | undefined {
  const args = world.truth.running('consensus')?.run.spec.args ?? [];
  return args.find((arg) => arg.startsWith('--checkpoint='))?.slice('--checkpoint='.length);
}

const live = () => world.eventsOf('reset.live').length > 0;

describe('with what a new consensus directory begins', () => {
  it('is a checkpoint that two providers agree on, and only while the directory is new', async () => {
    boot({ 'http://liar': { ...honest(), root: root('6') }, 'http://one': honest(), 'http://two': honest() });
    await world.until(live);
    expect(begunWith()).toBe('http://one');
    const [event] = world.eventsOf('checkpoint.chosen');
    expect(event).toMatchObject({
      from: 'checkpoint',
      url: 'http://one',
      epoch: 28,
      confirmedBy: ['http://two'],
    });
    expect(world.findingCodes()).toContain('EPH-CHECKPOINT-DISAGREE');
    world.host.crash('home.consensus');
    await world.advance(60_000);
    expect(world.isRunning('consensus')).toBe(true);
    expect(begunWith()).toBeUndefined();
  });

  it('is genesis at once when everybody was heard and nobody can be believed, and that is said', async () => {
    boot({
      'http://old-network': { ...honest(), network: known(identityOf(9).genesisValidatorsRoot) },
      'http://month-stale': { ...honest(), epoch: 3 },
      'http://alone': honest(),
    });
    await world.until(live, 60_000);
    expect(begunWith()).toBeUndefined();
    expect(world.eventsOf('checkpoint.chosen')).toMatchObject([{ from: 'genesis' }]);
    const codes = world.findingCodes();
    expect(codes).toContain('EPH-CHECKPOINT-NONE');
    expect(codes.filter((code) => code === 'EPH-CHECKPOINT-PROVIDER')).toHaveLength(2);
  });

  it('waits for the silent, and takes them when they come back', async () => {
    boot({ 'http://one': honest(), 'http://two': { ...honest(), silentUntilMs: startMs + 60_000 } });
    await world.advance(30_000);
    expect(world.isRunning('consensus')).toBe(false);
    expect(world.findingCodes()).toContain('EPH-CHECKPOINT-WAITING');
    await world.until(live);
    expect(begunWith()).toBe('http://one');
  });

  it('does not wait for ever: an outage of all ends in genesis', async () => {
    const silent = { ...honest(), silentUntilMs: Number.POSITIVE_INFINITY };
    boot({ 'http://one': silent, 'http://two': silent });
    await world.until(live, 200_000);
    expect(world.clock.nowMs() - startMs).toBeGreaterThan(120_000);
    expect(begunWith()).toBeUndefined();
    expect(world.findingCodes()).toContain('EPH-CHECKPOINT-NONE');
  });

  it('asks nobody at a reset: the new chain has only begun', async () => {
    boot({ 'http://one': honest(), 'http://two': honest() });
    await world.until(live);
    await world.advanceTo(scheduleOf(network, 11).startSeconds);
    await world.until(() => world.eventsOf('reset.completed').length === 2, 20_000);
    expect(begunWith()).toBeUndefined();
    expect(world.eventsOf('checkpoint.chosen').at(-1)).toMatchObject({ reason: 'the chain has only begun' });
  });

  it('is what the client is held against: with another root nothing is signed, until another provider is taken', async () => {
    boot({ 'http://bad': honest(), 'http://good': honest(), 'http://third': honest() });
    world.truth.finalizedEpoch = honest().epoch;
    world.truth.blockRoots = async () => known(root(begunWith() === 'http://bad' ? '6' : '1'));
    await world.until(() => world.findingCodes().includes('EPH-CHECKPOINT-OTHER'));
    await world.advance(60_000);
    expect(world.isRunning('consensus')).toBe(true);
    expect(world.isRunning('validator')).toBe(false);
    expect(world.eventsOf('checkpoint.held')).toEqual([]);
    const done = world.controller.recover({ layer: 'consensus', kind: 'next-provider' });
    await world.until(() => begunWith() === 'http://good', 60_000);
    await done;
    await world.until(() => world.isRunning('validator'), 300_000);
    expect(begunWith()).toBe('http://good');
    expect(world.findingCodes()).not.toContain('EPH-CHECKPOINT-OTHER');
  });

  it('stops a validator client that signs already when the client turns out to have begun with something else', async () => {
    boot({ 'http://one': honest(), 'http://two': honest() });
    await world.until(() => world.isRunning('validator'), 300_000);
    expect(begunWith()).toBe('http://one');
    world.truth.finalizedEpoch = honest().epoch;
    world.truth.blockRoots = async () => known(root('6'));
    await world.until(() => !world.isRunning('validator'), 300_000);
    expect(world.findingCodes()).toContain('EPH-CHECKPOINT-OTHER');
  });

  it('asks no more once it is the same, and never takes a silence for a difference', async () => {
    boot({ 'http://one': honest(), 'http://two': honest() });
    let asked = 0;
    world.truth.finalizedEpoch = honest().epoch;
    world.truth.blockRoots = async () => {
      asked += 1;
      return asked < 5 ? unknown('status 503') : known(root('1'));
    };
    await world.until(() => world.isRunning('validator'), 300_000);
    await world.advance(300_000);
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(asked).toBeLessThan(12);
    expect(world.eventsOf('checkpoint.held')).toEqual([
      { type: 'checkpoint.held', node: 'home', epoch: honest().epoch, root: root('1') },
    ]);
    expect(world.findingCodes()).not.toContain('EPH-CHECKPOINT-OTHER');
  });

  it('is another provider when the client ends again and again with the first', async () => {
    boot({ 'http://bad': honest(), 'http://good': honest(), 'http://third': honest() });
    world.behaviour = ({ spec }) =>
      spec.args.includes('--checkpoint=http://bad')
        ? { exitsAfterMs: 300, exitCode: 1, readyAfterMs: 1_000 }
        : { readyAfterMs: 400, stopTakesMs: 200 };
    await world.until(live, 120_000);
    expect(begunWith()).toBe('http://good');
  });
});
