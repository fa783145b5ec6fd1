import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveAndDie } from '../support/deadly-lives.ts';
import { EphemeryHome, killIfThere } from '../support/ephemery-home.ts';
import { SigningHome } from '../support/signing-home.ts';

/** What a first start alone has; what it shares with a reset is killed in a test of that. */
const effects = [
  'reset.started',
  'unit.starting execution',
  'unit.started execution',
  'unit.starting consensus',
  'unit.started consensus',
  'reset.completed',
  'keys.recorded',
  'unit.starting validator',
  'unit.started validator',
  'reset.live',
];

describe('our process, killed before each record of a first start, and started again', () => {
  let signing: SigningHome;
  beforeEach(async () => {
    signing = await SigningHome.create(300);
  });
  afterEach(() => signing?.home.close());

  it('completes the first start', async () => {
    const { home, up, look } = signing;
    const isEnd = signing.isSettled.bind(signing);
    const { died } = await liveAndDie(home, { args: up, moments: ['lost'], look, isEnd });
    expect(died).toEqual(expect.arrayContaining(effects.map((kind) => `lost ${kind}`)));
    await signing.expectWhole();
    await signing.expectDown();
  });
});

describe('the local network, killed', () => {
  let home: EphemeryHome;
  beforeEach(async () => {
    home = await EphemeryHome.create();
  });
  afterEach(() => home?.close());

  it('is started again, takes over its producer, and the next reset goes live', async () => {
    const life = home.start(['up', '--network', 'devnet', '--slot', '1s', '--period', '40s']);
    await life.event('live network', ({ type }) => type === 'reset.live');
    const producers = await home.clients('producer');
    expect(producers.map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
    const service = (await home.processes()).filter(({ command }) => / devnet run /.test(command));
    expect(service).toHaveLength(1);
    for (const { pid } of service) killIfThere(pid);
    const exit = await life.event('exit', ({ type }) => type === 'devnet.exited');
    const again = await life.event('start', ({ type, seq }) => type === 'devnet.started' && seq > exit.seq);
    await life.event('reset', ({ type, cause, seq }) => {
      return type === 'reset.live' && cause === 'scheduled' && seq > again.seq;
    });
    expect((await life.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });
});
