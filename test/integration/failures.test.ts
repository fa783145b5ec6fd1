import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EphemeryHome,
  type Finished,
  killIfThere,
  patienceMs,
  type SeenEvent,
} from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';
import { takeLoopbackPort } from '../support/take-port.ts';

const devnet = ['up', '--network', 'devnet'];
let home: EphemeryHome;

beforeAll(async () => {
  home = await EphemeryHome.create();
});

afterAll(() => home?.close());

/** The error that a command printed with --json. */
function errorOf({ code, stderr }: Finished): Record<string, unknown> {
  const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { error: Record<string, unknown> };
  return { exit: code, ...error };
}

interface Status {
  readonly supervisor?: { readonly pid: number };
  readonly nodes: readonly { readonly state: string; readonly findings: readonly Finding[] }[];
}

interface Finding {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly long: string;
  readonly remedy: string;
}

const status = async () => (await home.ask('status')) as Status;
const untilLive = () => until(async () => (await status()).nodes[0]?.state === 'live', patienceMs);
const journalPath = () => home.path('nodes', 'home', 'journal.ndjson');
const config = (more = '') =>
  `version: 1\nnodes:\n  home:\n    network: devnet\n    runtime: process\n    execution: { client: ethereumjs }\n    consensus: { client: mayfly }\n${more}`;

describe('a root that nothing runs on', () => {
  it('refuses a corrupt configuration with file and line', async () => {
    const file = join(home.folder, 'corrupt.yaml');
    await writeFile(file, config('  other: { network: devnet,\n'));
    const told = errorOf(await home.run('up', '--config', file));
    expect(told).toMatchObject({ exit: 1, code: 'EPH-CONFIG-SYNTAX', remedy: expect.stringMatching(/./) });
    expect(told.message).toMatch(/corrupt\.yaml:\d+:\d+/);
    expect(await home.processes()).toEqual([]);
  });

  it('refuses a lock that it cannot read, and leaves it', async () => {
    const other = await EphemeryHome.create();
    try {
      await other.writeLock('not a lock');
      for (const command of [devnet, ['status'], ['down']]) {
        const told = errorOf(await other.run(...command));
        expect(told).toMatchObject({ exit: 1, code: 'EPH-ROOT-LOCK-UNREADABLE' });
        expect(told.remedy).toContain(other.path('run', 'lock'));
      }
      expect(await readFile(other.path('run', 'lock'), 'utf8')).toBe('not a lock');
      expect(await other.processes()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('is safe to leave with two Ctrl-C in the middle of a first start', async () => {
    const life = home.start([...devnet, '--slot', '1s', '--period', '2h']);
    await life.event('start', ({ type, step }) => type === 'step.started' && /^start/.test(String(step)));
    life.child.kill('SIGINT');
    // Two signals that are pending at once are delivered as one.
    await life.event('ending', ({ type }) => type === 'supervisor.ending');
    expect((await life.stop('SIGINT')).code).toBe(130);
    expect((await home.run('down')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });
});

describe('a root whose supervisor is in the background', () => {
  let kept: Readonly<Record<string, string>>;
  let supervisor: number | undefined;

  it('comes up with --detach', async () => {
    const report = (await home.ask(...devnet, '--detach')) as Status;
    supervisor = report.supervisor?.pid;
    expect(supervisor).toBeGreaterThan(0);
    await untilLive();
    kept = await home.kept();
  });

  it('lets a second `up` apply, and starts nothing twice', async () => {
    const before = await home.clients('home');
    expect(before.map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
    expect(await home.ask(...devnet)).toEqual({ type: 'supervisor.applied', nodes: ['home'] });
    expect(await home.clients('home')).toEqual(before);
    expect((await status()).supervisor?.pid).toBe(supervisor);
  });

  it('refuses another configuration', async () => {
    const file = join(home.folder, 'other.yaml');
    await writeFile(file, config());
    for (const more of [[], ['--detach']]) {
      const told = errorOf(await home.run('up', '--config', file, ...more));
      expect(told).toMatchObject({ exit: 1, code: 'EPH-ROOT-OTHER-CONFIG' });
      expect(told.facts).toMatchObject({ bound: 'built-in:devnet' });
    }
    expect((await status()).supervisor?.pid).toBe(supervisor);
  });

  it('starts a client that was killed by hand again, after a pause, on the same chain folder', async () => {
    const [killed] = (await home.clients('home')).filter(({ layer }) => layer === 'execution');
    if (killed === undefined) throw new Error('no execution client runs');
    const earlier = (await supervisorEvents()).length;
    killIfThere(killed.pid);
    await until(async () => (await restarted(killed.pid)) !== undefined, patienceMs);
    expect((await restarted(killed.pid))?.folder).toBe(killed.folder);
    const events = (await supervisorEvents()).slice(earlier);
    const exit = events.find(({ type, layer }) => type === 'unit.exited' && layer === 'execution');
    const start = events.find(({ step }) => /^start execution/.test(step ?? ''));
    expect(Number(start?.time) - Number(exit?.time)).toBeGreaterThan(800);
    await untilLive();
  });

  it('tells of a port that somebody took while its client was down, and goes on once it is free', async () => {
    const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
    const port = ports['execution.rpc'] ?? 0;
    const [killed] = (await home.clients('home')).filter(({ layer }) => layer === 'execution');
    killIfThere(killed?.pid ?? 0);
    let stranger: Awaited<ReturnType<typeof takeLoopbackPort>> | undefined;
    // As soon as the kernel has cleared it away, and before it is started again.
    await until(async () => {
      stranger = await takeLoopbackPort(port).catch(() => undefined);
      return stranger !== undefined;
    });
    const told = async () =>
      (await status()).nodes[0]?.findings.find(({ facts }) => facts.code === 'EPH-RUNTIME-PORT-TAKEN');
    try {
      await until(async () => (await told()) !== undefined, patienceMs);
      const { code, long, remedy } = (await told()) ?? {};
      expect(code).toBe('EPH-NODE-STEP-FAILED');
      expect(long).toMatch(
        new RegExp(
          `home.execution cannot have its port: ${port} \\(rpc, TCP\\) is used by .*process ${process.pid}`,
        ),
      );
      expect(remedy).toContain(String(port));
      expect((await home.clients('home')).map(({ layer }) => layer)).toEqual(['consensus']);
    } finally {
      await stranger?.leave();
    }
    await until(async () => (await restarted(killed?.pid ?? 0)) !== undefined, patienceMs);
    await until(async () => (await told()) === undefined, patienceMs);
    await untilLive();
  });

  it('goes down with `down`', async () => {
    expect(await home.ask('down')).toMatchObject({ nodes: ['home'] });
    expect(await home.processes()).toEqual([]);
    expect(await home.kept()).toEqual(kept);
  });

  it('brings one of two `up` at once up on a journal that is torn, and loses nothing of it', async () => {
    const sound = await readFile(journalPath(), 'utf8');
    await appendFile(journalPath(), '{"type":"step.started","st');
    const both = [home.start([...devnet]), home.start([...devnet])];
    const isStarted = ({ type }: SeenEvent) => type === 'supervisor.started';
    const winner = await Promise.any(
      both.map(async (one) => ({ one, event: await one.event('supervisor', isStarted) })),
    );
    const loser = await both.find((one) => one !== winner.one)?.ended;
    // Who came later let the other read the configuration again.
    expect(loser).toMatchObject({ code: 0 });
    expect(JSON.parse(loser?.stdout ?? '')).toMatchObject({ type: 'supervisor.applied' });
    await untilLive();
    const clients = await home.clients('home');
    expect(clients.map(({ layer }) => layer).toSorted()).toEqual(['consensus', 'execution']);
    expect((await winner.one.stop('SIGINT')).code).toBe(0);
    const journal = await readFile(journalPath(), 'utf8');
    expect(journal.startsWith(sound)).toBe(true);
    expect(journal).not.toContain('"st{');
    expect(await home.processes()).toEqual([]);
    expect(await home.kept()).toEqual(kept);
  });

  it('refuses a port that somebody else took meanwhile, and touches nothing', async () => {
    const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
    const port = ports['execution.rpc'] ?? 0;
    const journal = await readFile(journalPath(), 'utf8');
    const stranger = await takeLoopbackPort(port);
    try {
      const told = errorOf(await home.run(...devnet));
      expect(told).toMatchObject({ exit: 1, code: 'EPH-FLEET-PORT-TAKEN', facts: { node: 'home', port } });
      expect(told.remedy).toContain(String(port));
    } finally {
      await stranger.leave();
    }
    expect(await home.processes()).toEqual([]);
    expect(await readFile(journalPath(), 'utf8')).toBe(journal);
    expect(await home.kept()).toEqual(kept);
  });
});

async function restarted(earlierPid: number) {
  const clients = await home.clients('home');
  return clients.find(({ layer, pid }) => layer === 'execution' && pid !== earlierPid);
}

interface LoggedEvent {
  readonly time: number;
  readonly type?: string;
  readonly step?: string;
  readonly layer?: string;
}

async function supervisorEvents(): Promise<readonly LoggedEvent[]> {
  const text = await readFile(home.path('logs', 'supervisor.log'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LoggedEvent);
}
