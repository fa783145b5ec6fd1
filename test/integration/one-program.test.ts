import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeReport, RootReport } from '../../src/operations/control/reports.ts';
import type { Finished, RunningEphemery, SeenEvent } from '../support/ephemery-home.ts';
import { ErigonHome } from '../support/erigon-home.ts';
import { until } from '../support/mayfly-process.ts';

const layers = ['execution', 'consensus'] as const;
const isOfStep = (pattern: RegExp) => (event: SeenEvent) =>
  event.type === 'step.started' && pattern.test(String(event.step));

/** One node in the order in which its owner meets all of this: each test goes on where the one before it stopped. */
describe('a node of which one program is both layers', () => {
  let erigon: ErigonHome;
  let up: RunningEphemery;

  beforeAll(async () => {
    erigon = await ErigonHome.create({ client: 'caplin-embedded' });
    up = erigon.start('up');
  });
  afterAll(() => erigon?.close());

  async function node(): Promise<NodeReport> {
    const { nodes } = (await erigon.ask('status')) as RootReport;
    const [home] = nodes;
    if (home === undefined) throw new Error('there is no node');
    return home;
  }
  const words = async (...args: string[]) => (await erigon.home.words(...args)).stdout;
  const programs = async () =>
    (await erigon.home.processes()).filter(({ command }) => command.includes('/erigon-stand-in.mjs '));
  /** The one program of the node. */
  async function program() {
    const all = await programs();
    expect(all).toHaveLength(1);
    const [{ pid, command } = { pid: 0, command: '' }] = all;
    return { pid, args: command.split(' ').slice(command.split(' ').indexOf('erigon') + 1) };
  }
  const dataOf = ({ args }: { readonly args: readonly string[] }) =>
    args.find((arg) => arg.startsWith('--datadir='))?.replace(/^.*\/chains\//, '');
  /** Resolves once the program is another one, and both of its layers are known to be on the network. */
  async function anotherThan(pid: number) {
    await until(async () => {
      const [one] = await programs();
      return one !== undefined && one.pid !== pid && (await isProven());
    });
    return program();
  }
  async function isProven(): Promise<boolean> {
    const { state, clients } = await node();
    return (
      state === 'live' && clients.every(({ network, head }) => network === 'right' && head !== undefined)
    );
  }

  it('comes up as one program, each layer of which is proven, and is live', async () => {
    // Its command line refused, it ends: that is told at once instead of waited out.
    const end = await up.event('a live node', ({ type }) => ['reset.live', 'unit.exited'].includes(type));
    expect(end.type).toBe('reset.live');
    const started = up.events.filter(isOfStep(/^(start|prove) /)).map(({ step }) => String(step));
    expect(started.map((step) => step.replace(/1-[0-9a-f]{8}/, 'N'))).toEqual([
      'start execution (erigon, with caplin-embedded inside) on N',
      'prove that execution is on N',
      'prove that consensus is on N',
    ]);
    expect(dataOf(await program())).toMatch(/^1-[0-9a-f]{8}\/execution\.erigon$/);
    expect(up.events.find(({ type }) => type === 'reset.live')).toMatchObject({
      iteration: 1,
      cause: 'first',
    });
  });

  it('was given every flag that it needs, and none that it does not know', async () => {
    const { args } = await program();
    const path = await erigon.program('erigon');
    const run = (given: readonly string[]) =>
      promisify(execFile)(path, given).then(
        () => 'it ran',
        ({ stderr }: Finished) => stderr,
      );
    expect(await run([...args, '--caplin.surprise=1'])).toContain('not defined: -caplin.surprise');
    for (const arg of ['--caplin.custom-config', '--beacon.api.port', '--http.port']) {
      const without = args.filter((each) => each.split('=')[0] !== arg);
      expect(without).toHaveLength(args.length - 1);
      expect(await run(without)).toContain(`flag -${arg.slice(2)} is missing`);
    }
  });

  it('is told of as such by every command that shows it', async () => {
    const { clients, state } = await node();
    expect(state).toBe('live');
    expect(clients).toMatchObject([
      { layer: 'execution', client: 'erigon', version: '3.7.0', state: 'running', network: 'right' },
      { layer: 'consensus', client: 'caplin-embedded', version: '3.7.0', state: 'running', network: 'right' },
    ]);
    expect(clients.map(({ inside }) => inside)).toEqual([undefined, 'execution']);
    expect(clients.map(({ memoryBytes }) => memoryBytes !== undefined)).toEqual([true, false]);
    expect(await words('status')).toMatch(/consensus +caplin-embedded 3\.7\.0, inside erigon +running/);
    const catalogue = (await erigon.ask('clients')) as { nodes: object[] };
    expect(catalogue.nodes).toMatchObject([
      { layer: 'execution', client: 'erigon', pinned: '3.7.0', installed: 'elsewhere', running: '3.7.0' },
      {
        layer: 'consensus',
        client: 'caplin-embedded',
        inside: 'execution',
        pinned: '3.7.0',
        running: '3.7.0',
      },
    ]);
    await expect
      .poll(() => erigon.ask('sync'), { timeout: 20_000 })
      .toMatchObject([{ layers: [{ stage: 'following' }, { stage: 'following' }], findings: [] }]);
    expect(await erigon.ask('peers')).toMatchObject([
      {
        layers: [
          { client: 'erigon', connected: 1 },
          { client: 'caplin-embedded', connected: 1 },
        ],
      },
    ]);
    expect(await erigon.ask('plan')).toMatchObject([{ steps: [] }]);
  });

  it('has one log, to which is sent who asks for that of its consensus layer', async () => {
    expect(await words('logs', 'home')).toMatch(/^home\.execution \| erigon runs with --datadir=/);
    expect(await words('logs', 'home')).toBe(await words('logs', 'home.execution'));
    const { code, stderr } = await erigon.start('logs', 'home.consensus').ended;
    expect([code, JSON.parse(stderr)]).toMatchObject([
      2,
      { error: { code: 'EPH-CONTROL-LOGS-ELSEWHERE', remedy: 'Use `ephemery logs home.execution`.' } },
    ]);
  });

  it('is one program of those that are looked after, and one unit of those that are exported', async () => {
    expect(await erigon.ask('artifacts', 'list')).toMatchObject({
      programs: [{ key: 'execution/erigon', version: '3.7.0', usedBy: ['home.execution'] }],
      unneeded: [],
    });
    const { text } = (await erigon.ask('export', 'systemd')) as { text: string };
    expect(text.match(/^# ---- .*$/gm)).toEqual(['# ---- ephemery-home-execution.service']);
    expect(text).toContain('Description=Erigon 3.7.0, with caplin-embedded inside, of the node home');
    for (const arg of (await program()).args) expect(text).toContain(arg);
    const bundle = (await erigon.ask('support', 'bundle', '--dry-run')) as { contents: { path: string }[] };
    const logs = bundle.contents.map(({ path }) => path).filter((path) => path.startsWith('logs/home'));
    expect(logs).toEqual(['logs/home.execution.log']);
    const findings = (await erigon.ask('doctor')) as { severity: string }[];
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('is started again as one when it is killed, on the data that it has', async () => {
    const before = await program();
    process.kill(before.pid, 'SIGKILL');
    const after = await anotherThan(before.pid);
    expect(after.args).toEqual(before.args);
    const told = up.events.filter(({ type }) => type === 'unit.exited');
    expect(told.map(({ layer }) => layer)).toEqual(['execution']);
  });

  it('is left alone by a kill of its supervisor, and taken over by the next', async () => {
    const before = await program();
    expect((await up.stop('SIGKILL')).signal).toBe('SIGKILL');
    expect(await program()).toEqual(before);
    expect((await node()).clients.map(({ state }) => state)).toEqual(['running', 'running']);
    up = erigon.start('up');
    await up.event('a supervisor', ({ type }) => type === 'supervisor.started');
    await until(isProven);
    expect(await program()).toEqual(before);
    expect(up.events.filter(isOfStep(/^(start|stop|prepare) /))).toEqual([]);
  });

  it('is ended and begun anew as one by a reset', async () => {
    const before = await program();
    await erigon.moveToReset();
    await up.event('a reset', ({ type, iteration }) => type === 'reset.live' && iteration === 2);
    const after = await anotherThan(before.pid);
    expect(dataOf(after)).toMatch(/^2-[0-9a-f]{8}\/execution\.erigon$/);
    const steps = up.events.filter(isOfStep(/^(start|stop) /)).map(({ step }) => String(step));
    expect(steps.map((step) => step.replace(/2-[0-9a-f]{8}/, 'N'))).toEqual([
      'stop execution: the network resets',
      'start execution (erigon, with caplin-embedded inside) on N',
    ]);
    expect((await node()).clients.map(({ network }) => network)).toEqual(['right', 'right']);
    const chains = await readdir(erigon.home.path('nodes', 'home', 'chains'));
    expect(chains.map((folder) => folder.split('-')[0]).toSorted()).toEqual(['1', '2']);
  });

  it('is begun again in a new directory for either layer, by who agrees to that', async () => {
    const before = await program();
    const again = ['sync', 'recover', 'home', 'consensus', '--do', 'resync'] as const;
    const { stderr } = await erigon.start(...again).ended;
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'EPH-CONTROL-CONSENT' } });
    expect(await program()).toEqual(before);
    await erigon.ask(...again, '--yes');
    const after = await anotherThan(before.pid);
    expect(dataOf(after)).toBe(dataOf(before)?.replace('/', '-2/'));
  });

  it('is exchanged for two programs, and keeps the data of the execution client', async () => {
    const before = await program();
    const there = ['home', '--consensus', 'caplin', '--program', await erigon.program('caplin')] as const;
    const shown = await erigon.ask('clients', 'switch', ...there, '--dry-run');
    expect(shown).toMatchObject({
      done: 'nothing',
      switches: [{ layer: 'consensus', from: 'caplin-embedded', to: 'caplin' }],
    });
    expect(await program()).toEqual(before);
    expect(await erigon.ask('clients', 'switch', ...there)).toMatchObject({ done: 'applied' });
    await until(async () => (await programs()).length === 2 && (await isProven()));
    const [folder] = dataOf(before)?.split('/') ?? [];
    const running = (await erigon.home.clients('home')).map((one) => [one.layer, one.folder]);
    expect(running.toSorted()).toEqual([
      ['consensus', folder],
      ['execution', folder],
    ]);
    const commands = (await programs()).map(({ command }) => command);
    expect(commands.filter((command) => command.includes(' --externalcl '))).toHaveLength(1);
    expect((await node()).clients.map(({ inside }) => inside)).toEqual([undefined, undefined]);
    expect(await words('logs', 'home.consensus')).toMatch(/^home\.consensus \| caplin runs with/);
  });

  it('comes back by the same command, the other program having ended first', async () => {
    const seen = up.events.length;
    const before = await erigon.home.clients('home');
    const back = ['home', '--consensus', 'caplin-embedded'] as const;
    expect(await erigon.ask('clients', 'switch', ...back)).toMatchObject({ done: 'applied' });
    await until(async () => (await programs()).length === 1 && (await isProven()));
    const after = await program();
    expect(before.map(({ pid }) => pid)).not.toContain(after.pid);
    expect(dataOf(after)).toBe(`${before[0]?.folder}/execution.erigon`);
    const steps = up.events.slice(seen).filter(isOfStep(/^(start|stop) /));
    expect(steps.map(({ step }) => String(step).replace(/:.*| on 2-.*/, ''))).toEqual([
      'stop consensus',
      'stop execution',
      'start execution (erigon, with caplin-embedded inside)',
    ]);
  });

  it('is stopped whole', async () => {
    await erigon.ask('down');
    expect((await up.ended).code).toBe(0);
    expect(await erigon.home.processes()).toEqual([]);
    expect((await node()).clients.map(({ layer, state }) => [layer, state])).toEqual(
      layers.map((layer) => [layer, 'off']),
    );
  });
});
