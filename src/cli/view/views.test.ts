import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import type { SwitchReport } from '../../operations/clients/switch-client.ts';
import type { Control } from '../../operations/control/control.ts';
import type { EventReport, NodeReport, PlanReport, RootReport } from '../../operations/control/reports.ts';
import { Output } from '../output/output.ts';
import { plainStyle } from '../output/style.ts';
import { eventText } from './event-text.ts';
import { LiveView } from './live-view.ts';
import { isBlocked, plansText, planText } from './plan-text.ts';
import { statusText } from './status-text.ts';
import { isHeldUp, switchText } from './switch-text.ts';

const home: NodeReport = {
  name: 'home',
  network: 'devnet',
  runtime: 'process',
  state: 'live',
  wanted: 2,
  available: [2],
  running: 2,
  held: false,
  nextResetAtMs: 91_000,
  clients: [
    {
      layer: 'execution',
      client: 'ethereumjs',
      version: '0.10.5',
      state: 'running',
      network: 'right',
      ports: { rpc: 21_002 },
      head: 30,
    },
    {
      layer: 'consensus',
      client: 'mayfly',
      version: '0.1.0',
      state: 'running',
      network: 'right',
      ports: { api: 21_006 },
      head: 36,
      syncDistance: 4,
    },
  ],
  findings: [],
};

const root: RootReport = {
  version: '0.1.0',
  root: '/r',
  config: '/c/ephemery.yaml',
  supervisor: { pid: 7, sinceMs: 0 },
  atMs: 1_000,
  nodes: [home],
  devnets: [],
  findings: [],
};

const event = (type: string, facts: object): EventReport => ({ ...facts, type, seq: 1, atMs: 0 });

describe('the status for people', () => {
  it('says of a client inside another one’s program where it is', () => {
    const [execution, consensus] = home.clients;
    if (execution === undefined || consensus === undefined) throw new Error('there are two');
    const clients = [execution, { ...consensus, inside: 'execution' as const }];
    const text = statusText({ ...root, nodes: [{ ...home, clients }] }, plainStyle);
    expect(text).toContain(`mayfly 0.1.0, inside ${execution.client}`);
  });

  it('shows a node that is where it should be in a few lines', () => {
    expect(statusText(root, plainStyle).split('\n')).toEqual([
      'Supervisor 7, up 1s, /r',
      'home on devnet: live',
      '  iteration 2, next reset in 1m 30s',
      '  execution  ethereumjs 0.10.5  running  block 30           rpc 21002',
      '  consensus  mayfly 0.1.0       running  slot 36, 4 behind  api 21006',
    ]);
  });

  it('tells the three facts apart where they differ', () => {
    const { running: _, ...apart } = { ...home, state: 'waiting' as const, wanted: 3, available: [2] };
    expect(statusText({ ...root, nodes: [apart] }, plainStyle)).toContain(
      'iteration wanted 3, available 2, running not known',
    );
  });

  it('shows a few keys one by one, and that nothing is known of them', () => {
    const pubkey = `0x${'8'.repeat(96)}` as const;
    const known = {
      keySet: 'main',
      pubkey,
      thisGenesis: { included: false },
      nextGenesis: { included: true, index: 7 },
      state: 'active',
      status: 'active_ongoing',
      index: 12,
    } as const;
    const nobody = { included: 'unknown' } as const;
    const silent = {
      keySet: 'main',
      pubkey,
      thisGenesis: nobody,
      nextGenesis: nobody,
      state: 'unknown',
    } as const;
    const keys = { iteration: 2, list: [known, silent], notes: ['Running state: silence.'] };
    const lines = statusText({ ...root, nodes: [{ ...home, keys }] }, plainStyle).split('\n');
    expect(lines.slice(-3)).toEqual([
      '  key 0x88888888…88888888  main  active #12     genesis 2: no       genesis 3: #7',
      '  key 0x88888888…88888888  main  state unknown  genesis 2: unknown  genesis 3: unknown',
      '  Running state: silence.',
    ]);
    const list = [...Array.from({ length: 990 }, () => known), ...Array.from({ length: 10 }, () => silent)];
    const many = statusText({ ...root, nodes: [{ ...home, keys: { ...keys, list } }] }, plainStyle).split(
      '\n',
    );
    expect(many.slice(-3)).toEqual([
      '  1000 keys: 990 active, 10 state unknown',
      '    this genesis: 990 not in it, 10 unknown; next genesis: 990 in it, 10 unknown',
      '  Running state: silence.',
    ]);
  });

  it('tells how many quiet epochs were seen of how many', () => {
    const finding = validatorFindings.create('EPH-VALIDATORS-WATCHING', { seen: 1 }, { node: 'home' });
    const findings = [{ ...finding, facts: { ...finding.facts } }];
    expect(
      statusText({ ...root, nodes: [{ ...home, findings }] }, plainStyle)
        .split('\n')
        .at(-1),
    ).toBe('  The keys were quiet for 1 of 2 full epochs. The validator client starts after the second.');
  });

  it('does not say of a node that it is live when a client of it has fallen silent', () => {
    const [execution, consensus] = home.clients as [NodeReport['clients'][0], NodeReport['clients'][0]];
    const { head: _, ...silent } = execution;
    const since = (lastAnswerAtMs: number) => {
      const clients = [{ ...silent, lastAnswerAtMs }, consensus];
      return statusText({ ...root, atMs: 900_000, nodes: [{ ...home, clients }] }, plainStyle).split('\n');
    };
    expect(since(896_000)[1]).toBe('home on devnet: live');
    expect(since(896_000)[3]).toContain('running  no answer for 4s');
    expect(since(720_000)[1]).toBe('home on devnet: was live, and now execution does not answer');
    expect(since(720_000)[3]).toContain('running  no answer for 3m');
  });

  it('says when a client is on a wrong network, whatever its head', () => {
    const clients = home.clients.map((client) => ({ ...client, network: 'wrong' as const }));
    expect(statusText({ ...root, nodes: [{ ...home, clients }] }, plainStyle)).toContain('wrong network');
  });

  it('says what a supervisor fetches before it keeps its nodes', () => {
    const fetching = [{ what: 'Geth', bytes: 20_000_000, totalBytes: 80_000_000 }];
    const supervisor = { pid: 7, sinceMs: 0, beginning: { fetching } };
    expect(
      statusText({ ...root, supervisor }, plainStyle)
        .split('\n')
        .slice(1, 4),
    ).toEqual([
      'It begins once a node has its programs',
      '  Fetching Geth: 20 MB of 80 MB (25%)',
      'home on devnet: live',
    ]);
  });

  it('names nodes whose local network begins with the next up', () => {
    const beginsWithUp = [{ node: 'second', network: 'mine' }];
    expect(
      statusText({ ...root, beginsWithUp }, plainStyle)
        .split('\n')
        .at(-1),
    ).toBe('second: the network mine begins with the first `ephemery up`.');
  });

  it('says what to begin with where there is nothing', () => {
    const { config: _, supervisor: __, ...nothing } = { ...root, nodes: [] };
    expect(statusText(nothing, plainStyle)).toContain('ephemery up --network devnet');
  });
});

describe('events for people', () => {
  it.each([
    [
      event('reset.completed', { node: 'home', iteration: 2, totalMs: 7_000, ownMs: 400, chainId: 7 }),
      '00:00:00 home: on iteration 2, proven after 7s (chain id 7; ours of it 400ms)',
    ],
    [event('reset.live', { node: 'home', iteration: 2 }), '00:00:00 home: iteration 2 is live'],
    [event('step.done', { node: 'home', step: 'stop', durationMs: 12 }), '00:00:00 home: stop (12ms)'],
    [
      event('unit.exited', { node: 'home', layer: 'execution', exitCode: 1 }),
      '00:00:00 home: execution ended with code 1',
    ],
    [event('step.started', { node: 'home', step: 'stop' }), undefined],
    [event('a.later.version', {}), undefined],
    [
      event('finding.raised', { node: 'home', finding: { code: 'EPH-X', severity: 'info', long: 'x' } }),
      undefined,
    ],
    [
      event('finding.raised', {
        node: 'home',
        finding: { code: 'EPH-X', severity: 'critical', long: 'Look.' },
      }),
      '00:00:00 home: EPH-X Look.',
    ],
  ])('%#', (given, text) => expect(eventText(given, plainStyle)).toBe(text));
});

describe('a plan for people', () => {
  it('lists the steps in order, or says that there are none', () => {
    const plan = { node: 'home', wanted: 2, steps: [], fetch: [3], findings: [] };
    expect(planText(plan, plainStyle)).toBe(
      'home on iteration 2: nothing to do\n  and fetch the release of iteration 3',
    );
    const steps = ['one', 'two'].map((words) => ({ lane: 'network', kind: 'stop', words }));
    expect(planText({ ...plan, beginsWithUp: 'devnet' }, plainStyle)).toContain(
      'the network devnet begins with the first `ephemery up`.',
    );
    expect(planText({ ...plan, steps, fetch: [] }, plainStyle)).toBe(
      'home on iteration 2:\n  1. one\n  2. two',
    );
  });

  it('says that a node waits which cannot get where it should be, and that there is none', () => {
    const old = {
      code: 'EPH-NODE-CLIENT-TOO-OLD',
      severity: 'critical',
      long: 'Too old.',
      remedy: 'Another.',
    };
    const plan = { node: 'home', wanted: 2, steps: [], fetch: [], findings: [old] } as unknown as PlanReport;
    const identity = { iteration: 2 } as PlanReport['target'];
    expect(plansText([plan], plainStyle)).toMatch(
      /^home on iteration 2: it waits, .*\n {2}EPH-NODE-CLIENT-TOO-OLD/,
    );
    expect(isBlocked(plan)).toBe(true);
    const held = { ...plan, findings: [{ ...old, severity: 'warning' }] } as unknown as PlanReport;
    expect(plansText([held], plainStyle)).toContain('it waits');
    const there = { ...plan, target: identity };
    expect(plansText([there], plainStyle)).toContain('nothing to do');
    expect([held, there].map(isBlocked)).toEqual([false, false]);
    expect(plansText([], plainStyle)).toContain('nothing to plan');
  });
});

describe('a switch of clients for people', () => {
  const plan = { node: 'home', wanted: 2, target: { iteration: 2 }, steps: [], fetch: [], findings: [] };
  const tooOld = (layer: string, severity: string) =>
    ({
      ...plan,
      findings: [{ code: 'EPH-NODE-CLIENT-TOO-OLD', severity, long: '', remedy: '', subject: { layer } }],
    }) as unknown as PlanReport;
  const report = (given: unknown, done: SwitchReport['done'] = 'nothing'): SwitchReport => ({
    file: 'ephemery.yaml',
    node: 'home',
    switches: [{ layer: 'execution', from: 'geth', to: 'ethereumjs', kept: [], restored: [] }],
    plan: given as PlanReport,
    done,
  });

  it('says that the node would not follow, also where it is on its iteration with the client before', () => {
    const old = tooOld('execution', 'critical');
    const waits = { ...tooOld('consensus', 'critical'), target: undefined };
    const starts = { ...old, steps: [{ lane: 'network', kind: 'start', words: 'start geth' }] };
    const followed = [plan, starts, tooOld('execution', 'warning'), tooOld('consensus', 'critical')];
    expect([old, waits, ...followed].map((each) => isHeldUp(report(each)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(switchText(report(old), plainStyle)).toContain('would stay as it is');
    for (const done of ['file', 'applied'] as const)
      expect(switchText(report(old, done), plainStyle)).toContain('stays as it is until');
    expect(switchText(report(plan, 'applied'), plainStyle)).toContain('the supervisor does this now');
  });
});

describe('the live view', () => {
  /** What a terminal shows after all that was drawn: only what this view uses is understood. */
  function screen(drawn: string): string[] {
    let lines = [''];
    for (const part of drawn.replaceAll('\u001b[', '<CSI>').split(/(\n|<CSI>\d+A\r<CSI>0J)/)) {
      const up = /<CSI>(\d+)A/.exec(part);
      if (part === '\n') lines.push('');
      else if (up !== null) lines = [...lines.slice(0, lines.length - 1 - Number(up[1])), ''];
      else lines[lines.length - 1] += part.replaceAll(/<CSI>\d+m/g, '');
    }
    return lines;
  }

  it('draws the state anew in its place, below the events', async () => {
    let drawn = '';
    const stdout = {
      isTTY: true,
      columns: 40,
      write: (text: string) => {
        drawn += text;
      },
    };
    const output = new Output({ json: false, stdout, stderr: stdout, env: { NO_COLOR: '1' } });
    const clock = new VirtualClock(0);
    const view = new LiveView(output, clock);
    const end = new AbortController();
    const reports = [root, { ...root, nodes: [{ ...home, state: 'resetting' as const }] }];
    const control = { status: async () => reports.shift() ?? root } as Pick<Control, 'status'> as Control;
    const running = view.run(control, end.signal);
    await clock.advance(0);
    view.line('an event');
    await clock.advance(1_000);
    end.abort();
    await running;
    const shown = screen(drawn);
    expect(shown.slice(0, 4)).toEqual([
      'an event',
      '─'.repeat(40),
      'Supervisor 7, up 1s, /r',
      'home on devnet: resetting',
    ]);
    expect(shown.filter((line) => line.startsWith('home on devnet'))).toHaveLength(1);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});
