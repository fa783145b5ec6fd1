import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { ethereumjs } from '../../core/clients/execution/ethereumjs.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { runtimeErrors } from '../../runtimes/errors.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { prepareRoot } from '../../storage/files/layout.ts';
import { type RootPaths, rootPaths } from '../../storage/files/root-paths.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { Services } from '../services.ts';
import type { Examination } from './examination.ts';
import { examineClients } from './examine-clients.ts';
import { examineClock } from './examine-clock.ts';
import { examineHost } from './examine-host.ts';
import { examineLock } from './examine-lock.ts';
import { examineNode } from './examine-node.ts';
import { examinePermissions } from './examine-permissions.ts';
import { examinePorts } from './examine-ports.ts';
import { examineUnits } from './examine-units.ts';

const codes = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);

describe('what the doctor finds', () => {
  let paths: RootPaths;
  let services: Services;
  beforeEach(async () => {
    paths = rootPaths(join(await mkdtemp(join(tmpdir(), 'ephemery-doctor-')), 'root'));
    services = { paths, clock: systemClock } as unknown as Services;
    await prepareRoot(paths);
  });
  afterEach(() => rm(join(paths.root, '..'), { recursive: true, force: true }));

  function node(
    more: { runtime?: Partial<Runtime>; port?: number; forks?: readonly string[]; version?: string } = {},
  ): AssembledNode {
    const client = (definition: typeof mayfly, port: string) => ({
      definition,
      version: more.version ?? '1.0',
      program: { client: definition.id, version: '1', command: ['/bin/true'] },
      ports: more.port === undefined ? {} : { [port]: more.port },
      args: [],
      env: {},
    });
    const runtime = { recover: async () => undefined, lookFor: async () => undefined, ...more.runtime };
    const bundles = (more.forks ?? []).map((highestFork) => ({ highestFork, identity: { iteration: 1 } }));
    return {
      setup: {
        name: 'home',
        network: publicNetwork,
        execution: client(ethereumjs, 'rpc'),
        consensus: { ...client(mayfly, 'api'), ports: {} },
      },
      environment: { runtime, clock: systemClock, releases: { held: async () => bundles } },
    } as unknown as AssembledNode;
  }

  it('of Node, only what is maintained no more', () => {
    expect(codes(examineNode('20.20.2'))).toEqual(['EPH-HOST-NODE-UNSUPPORTED']);
    expect(examineNode('24.0.0')).toEqual([]);
  });

  it('of permissions: nothing on a root of ours, and whatever others may read', async () => {
    expect(await examinePermissions(paths)).toEqual([]);
    await mkdir(join(paths.keys, 'main'), { recursive: true, mode: 0o700 });
    await chmod(paths.keys, 0o700);
    await writeFile(join(paths.keys, 'main/keystore.json'), '{}', { mode: 0o644 });
    const [finding, ...others] = await examinePermissions(paths);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'EPH-HOST-ROOT-OPEN', facts: { mode: '644' } });
    expect(await examinePermissions(rootPaths(join(paths.root, 'none')))).toEqual([]);
  });

  it('of the lock: left over, unreadable, held by one that is silent', async () => {
    expect(await examineLock(services, { isSupervised: false })).toEqual([]);
    const here = await processIdentity(process.pid);
    const holder = (startToken: string, purpose: string) =>
      JSON.stringify({ process: { ...here, startToken }, purpose, sinceMs: 1 });
    await writeFile(paths.lock, holder('1', 'supervisor'));
    expect(codes(await examineLock(services, { isSupervised: false }))).toEqual(['EPH-HOST-LOCK-STALE']);
    await writeFile(paths.lock, holder(here?.startToken ?? '', 'supervisor'));
    expect(codes(await examineLock(services, { isSupervised: false }))).toEqual([
      'EPH-HOST-SUPERVISOR-SILENT',
    ]);
    await writeFile(paths.lock, holder(here?.startToken ?? '', 'down'));
    expect(await examineLock(services, { isSupervised: false })).toEqual([]);
    await writeFile(paths.lock, '?');
    expect(codes(await examineLock(services, { isSupervised: false }))).toEqual(['EPH-HOST-LOCK-UNREADABLE']);
  });

  it('of runtimes: one that does not work, with its own words and remedy', async () => {
    const broken = runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client: 'x', program: '/x' });
    const failing = { ...services, runtime: () => Promise.reject(broken) } as unknown as Services;
    const config = { config: { networks: {}, nodes: { home: { runtime: 'process', network: 'ephemery' } } } };
    const asked = { config, nodes: [], isSupervised: true } as unknown as Examination;
    const [finding] = await examineUnits(failing, asked);
    expect(finding).toMatchObject({ code: 'EPH-HOST-RUNTIME', facts: { runtime: 'process' } });
    expect(finding?.long).toContain(broken.message);
    expect(finding?.remedy).toContain(broken.remedy);
  });

  it('of everything: what cannot be looked at hides nothing of the rest', async () => {
    await chmod(paths.root, 0o755);
    // Where key sets should be there is a file: kept messages cannot be read.
    await writeFile(paths.keys, '');
    const found = await examineHost(services, { config: undefined, nodes: [], isSupervised: false });
    expect(codes(found)).toEqual(expect.arrayContaining(['EPH-HOST-ROOT-OPEN', 'EPH-HOST-UNEXAMINED']));
    expect(found.find(({ code }) => code === 'EPH-HOST-UNEXAMINED')?.long).toContain('kept messages');
  });

  it('of ports: one on which somebody else listens, and none of a client that runs', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const [finding] = await examinePorts([node({ port })]);
    expect(finding).toMatchObject({
      code: 'EPH-HOST-PORT-TAKEN',
      facts: { port, name: 'rpc of home.execution' },
    });
    const running = { recover: async () => ({ runtime: 'process', unit: 'x', token: 't' }) };
    expect(await examinePorts([node({ port, runtime: running })])).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
    expect(await examinePorts([node({ port })])).toEqual([]);
  });

  it('of clients: a program that is gone, and a version that does not reach the fork', async () => {
    expect(await examineClients([node({ forks: ['electra'] })])).toEqual([]);
    const missing = runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client: 'x', program: '/x' });
    const broken = { lookFor: () => Promise.reject(missing) };
    expect(codes(await examineClients([node({ runtime: broken })]))).toEqual([
      'EPH-HOST-PROGRAM',
      'EPH-HOST-PROGRAM',
    ]);
    const one = node({ runtime: broken });
    const inside = { ...one.setup.consensus, definition: { ...mayfly, hostedBy: 'ethereumjs' } };
    const told = await examineClients([{ ...one, setup: { ...one.setup, consensus: inside } }]);
    expect(told.map(({ code, subject }) => [code, subject.layer])).toEqual([
      ['EPH-HOST-PROGRAM', 'execution'],
    ]);
    const behind = await examineClients([node({ forks: ['fulu'] })]);
    expect(new Set(codes(behind))).toEqual(new Set(['EPH-HOST-CLIENT-BEHIND']));
    expect(behind[0]?.long).toContain('EthereumJS');
  });

  it('of clients: one that `up` has yet to install is not missing, and is held to the fork by its version', async () => {
    const missing = runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client: 'x', program: '/x' });
    const assembled = node({ runtime: { lookFor: () => Promise.reject(missing) }, forks: ['electra'] });
    const { execution, consensus } = assembled.setup;
    const absent = { client: 'x', version: '1.0', command: [], absent: 'https://example.org/x' };
    const setup = {
      ...assembled.setup,
      execution: { ...execution, program: absent },
      consensus: { ...consensus, program: absent },
    };
    expect(await examineClients([{ ...assembled, setup }])).toEqual([]);
  });

  it('of clients: a name that tells no number, so that nobody knows which forks it reaches', async () => {
    expect(codes(await examineClients([node({ forks: ['electra'], version: 'v1.0.0' })]))).toEqual([]);
    const [first, ...others] = await examineClients([node({ forks: ['electra'], version: 'main' })]);
    expect(codes(others)).toEqual(['EPH-HOST-FORK-UNKNOWN']);
    expect(first).toMatchObject({
      code: 'EPH-HOST-FORK-UNKNOWN',
      facts: { client: 'EthereumJS', version: 'main', fork: 'electra', since: '0.10.0' },
      subject: { node: 'home', layer: 'execution' },
    });
    expect(await examineClients([node({ version: 'main' })])).toEqual([]);
  });

  it('of the clock: what the hosts of releases say, and nobody is asked for a local network', async () => {
    const asked: (readonly string[])[] = [];
    const measuring = {
      clockFindings: async (urls: readonly string[]) => {
        asked.push(urls);
        return [];
      },
    } as unknown as Services;
    const local = node();
    const network = {
      ...publicNetwork,
      releaseSources: [{ kind: 'github' as const, url: 'http://127.0.0.1:1' }],
    };
    await examineClock(measuring, [{ ...local, setup: { ...local.setup, network } }]);
    expect(asked).toEqual([]);
    await examineClock(measuring, [node(), node()]);
    expect(asked).toEqual([
      publicNetwork.releaseSources.map((source) => ('url' in source ? source.url : '')),
    ]);
  });
});
