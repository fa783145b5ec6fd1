import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EphemeryHome, killIfThere } from '../support/ephemery-home.ts';

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
