import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FindingReport, NodeReport, RootReport } from '../../src/operations/control/reports.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';

/** One local network, in the order in which a person meets all of this. */
describe('a supervisor and the commands that talk to it', () => {
  let ephemery: EphemeryProcess;
  beforeAll(async () => {
    ephemery = await EphemeryProcess.inNewFolder();
  });
  afterAll(() => ephemery.remove());

  const status = async () => (await ephemery.json('status')) as RootReport;
  const home = async (): Promise<NodeReport> => {
    const node = (await status()).nodes[0];
    if (node === undefined) throw new Error('there is no node');
    return node;
  };
  async function until(state: string): Promise<NodeReport> {
    for (;;) {
      const node = await home();
      if (node.state === state) return node;
    }
  }
  const pid = async () => (await status()).supervisor?.pid ?? 0;
  const doctor = async () => {
    const { out } = await ephemery.run('doctor', '--json');
    return (JSON.parse(out) as FindingReport[]).map(({ code }) => code);
  };

  it('says how to begin where there is nothing', async () => {
    expect((await ephemery.run('status')).out).toContain('ephemery up --network devnet');
    expect(await ephemery.run('plan', '--json')).toMatchObject({ code: 1 });
    expect(await readdir(ephemery.folder)).not.toContain('home');
  });

  it('comes up in the background and brings its node on a live network', async () => {
    const report = (await ephemery.json(
      'up',
      '--detach',
      '--network',
      'devnet',
      '--slot',
      '1s',
      '--period',
      '5m',
    )) as RootReport;
    expect(report.supervisor?.pid).toBeGreaterThan(0);
    const node = await until('live');
    expect(node).toMatchObject({ wanted: 1, running: 1, reset: { cause: 'first' } });
    expect(node.clients.map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('is asked by other commands', async () => {
    expect(await ephemery.json('plan')).toMatchObject([{ node: 'home', steps: [] }]);
    const logs = await ephemery.run('logs', 'home.execution', '--tail', '5');
    expect(logs.out.split('\n').filter((line) => line.startsWith('home.execution |'))).toHaveLength(5);
    const made = await ephemery.run('logs', 'devnet', '--tail', '2');
    for (const layer of ['service', 'execution', 'consensus'])
      expect(made.out).toContain(`devnet.${layer} |`);
    await ephemery.json('reset', 'hold');
    expect((await home()).held).toBe(true);
    await ephemery.json('reset', 'release', 'home');
    expect((await home()).held).toBe(false);
    expect(await doctor()).not.toContain('EPH-HOST-UNSUPERVISED');
    const following = { slotSeconds: 1, layers: [{ stage: 'following' }, { stage: 'following' }] };
    // It is looked at every two seconds.
    await expect
      .poll(() => ephemery.json('sync', 'home'), { timeout: 20_000 })
      .toMatchObject([{ node: 'home', findings: [], ...following }]);
    expect(await ephemery.json('peers')).toMatchObject([{ node: 'home', findings: [] }]);
    const harm = await ephemery.run('sync', 'recover', 'home', 'consensus', '--do', 'resync', '--json');
    expect(JSON.parse(harm.error)).toMatchObject({ error: { code: 'EPH-CONTROL-CONSENT' } });
    const unknown = await ephemery.run('plan', 'nobody', '--json');
    expect(JSON.parse(unknown.error)).toMatchObject({ error: { code: 'EPH-CONTROL-NO-NODE' } });
  });

  it('is one: a second `up` lets it read the configuration again', async () => {
    const before = await pid();
    expect(await ephemery.json('up', '--network', 'devnet')).toEqual({
      type: 'supervisor.applied',
      nodes: ['home'],
    });
    expect(await pid()).toBe(before);
    for (const how of [[], ['--detach']]) {
      const refused = await ephemery.run(
        'up',
        ...how,
        '--network',
        'devnet',
        '--until-resets',
        '1',
        '--json',
      );
      expect({ ...refused, error: JSON.parse(refused.error) }).toMatchObject({
        code: 2,
        error: { error: { code: 'EPH-CONTROL-UP-ALREADY' } },
      });
    }
    expect((await home()).state).toBe('live');
  });

  it('uses less than 150 MB', async () => {
    expect((await status()).supervisor?.memoryBytes).toBeLessThan(150e6);
  });

  it('is killed, and leaves its node up', async () => {
    process.kill(await pid(), 'SIGKILL');
    const report = await status();
    expect(report.supervisor).toBeUndefined();
    expect(report.nodes[0]?.clients.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(await doctor()).toEqual(expect.arrayContaining(['EPH-HOST-UNSUPERVISED', 'EPH-HOST-LOCK-STALE']));
  });

  it('takes no other configuration for this home', async () => {
    await ephemery.run('init');
    const refused = await ephemery.run('up', '--json');
    expect(JSON.parse(refused.error)).toMatchObject({ error: { code: 'EPH-ROOT-OTHER-CONFIG' } });
  });

  it('adopts what runs, and leaves it running when it is told to end', async () => {
    const { child, ended, says } = ephemery.start('up', '--json', '--adopt-config');
    await says('supervisor.started');
    const node = await until('live');
    expect(node.reset?.cause).toBe('first');
    child.kill('SIGTERM');
    const { code, out } = await ended;
    expect(code).toBe(143);
    expect(out).not.toContain('step.started');
    expect(out).toContain('"nodes":"left-running"');
    expect((await home()).clients.map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('stops everything at Ctrl-C', async () => {
    const { child, ended, says } = ephemery.start('up');
    await says('Keeping home');
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain('Stopping everything');
    const report = await status();
    expect(report.nodes[0]?.clients.map(({ state }) => state)).toEqual(['off', 'off']);
    expect(report.devnets.map(({ state }) => state)).toEqual(['off']);
  });

  it('reads a configuration that became wrong as a fault, and changes nothing', async () => {
    const file = join(ephemery.folder, 'ephemery.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('network:', 'netwrok:'));
    const refused = await ephemery.run('up', '--detach', '--json');
    expect(JSON.parse(refused.error)).toMatchObject({
      error: { code: 'EPH-CONFIG-INVALID', message: expect.stringContaining('ephemery.yaml:') },
    });
    expect(await doctor()).toContain('EPH-HOST-CONFIG');
    await writeFile(file, text);
  });

  it('breaks no lock that it does not understand', async () => {
    const lock = join(ephemery.home, 'run', 'lock');
    await writeFile(lock, 'gibberish');
    for (const line of ['up', 'status', 'down']) {
      const { code, error } = await ephemery.run(line, '--json');
      expect({ code, error: JSON.parse(error) }).toMatchObject({
        code: 1,
        error: { error: { code: 'EPH-ROOT-LOCK-UNREADABLE' } },
      });
    }
    expect(await doctor()).toContain('EPH-HOST-LOCK-UNREADABLE');
    expect(await readFile(lock, 'utf8')).toBe('gibberish');
    await rm(lock);
  });

  it('removes everything but what cannot be had again', async () => {
    const asked = await ephemery.run('down', '--purge');
    expect(asked.code).toBe(2);
    expect(await readdir(ephemery.home)).toContain('devnets');
    await ephemery.json('down', '--purge', '--yes');
    // Nothing is left to be asked about.
    expect(await ephemery.json('down', '--purge')).toEqual({ nodes: [], purged: [] });
    const left = await readdir(ephemery.home);
    expect(left).not.toContain('devnets');
    expect(left).not.toContain('releases');
    expect(await readdir(join(ephemery.home, 'nodes/home'))).toEqual(
      expect.arrayContaining(['identity', 'secrets']),
    );
  });
});
