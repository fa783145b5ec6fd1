import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RootReport } from '../../src/operations/control/reports.ts';
import { ArtifactHost, type Misbehaviour } from '../support/artifact-host.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { tarEntry, tarGzOf } from '../support/tar-archive.ts';

const down: Misbehaviour = (_request, response) => {
  response.writeHead(503).end();
  return true;
};

/** EthereumJS as somebody else might publish it. */
const ethereumjs = createRequire(import.meta.url)
  .resolve('@ethereumjs/client')
  .replace(/dist\/.*/, 'dist/esm/bin/cli.js');
const preload = join(import.meta.dirname, '../../dist/artifacts/preload/ethereumjs-params.js');
const program = `#!/bin/sh\nexec '${process.execPath}' '--import=${preload}' '${ethereumjs}' "$@"\n`;
const archive = tarGzOf(tarEntry({ path: 'client', mode: 0o755 }, program));
const sha256 = createHash('sha256').update(archive).digest('hex');

let host: ArtifactHost;
let home: EphemeryHome;
beforeEach(async () => {
  host = await ArtifactHost.start();
  home = await EphemeryHome.create();
});
afterEach(async () => {
  await home.close();
  await host.close();
});

async function configure(
  nodes: Readonly<Record<string, string | undefined>>,
  version = '0.10.5',
): Promise<void> {
  const text = Object.entries(nodes).map(([name, url]) => {
    const artifact = `, version: "${version}", artifact: { kind: archive, url: "${url}", bin: client, sha256: "${sha256}" }`;
    const execution = `{ client: ethereumjs${url === undefined ? '' : artifact} }`;
    return `  ${name}: { network: mine, execution: ${execution}, consensus: { client: mayfly } }`;
  });
  const network = 'networks: { mine: { devnet: { slot: 1s, period: 10m } } }';
  await writeFile(
    join(home.folder, 'ephemery.yaml'),
    ['version: 1', network, 'nodes:', ...text, ''].join('\n'),
  );
}

const isFinding = (node: string) => (event: SeenEvent) =>
  event.type === 'finding.raised' &&
  event.node === node &&
  (event.finding as { code: string }).code === 'EPH-NODE-PROGRAM-MISSING';
const isLive = (node: string) => (event: SeenEvent) => event.type === 'reset.live' && event.node === node;

async function pidsOf(node: string): Promise<readonly number[]> {
  const all = await home.processes();
  return all
    .filter(({ command }) => command.includes(`/nodes/${node}/chains/`) && /--data-?[dD]ir=/.test(command))
    .map(({ pid }) => pid)
    .toSorted();
}

async function report(life: RunningEphemery, name: string) {
  await life.event('a supervisor', ({ type }) => type === 'supervisor.started');
  const { nodes } = (await home.ask('status')) as RootReport;
  return nodes.find((node) => node.name === name);
}

describe('a program that cannot be had', () => {
  it('keeps no other node down, is tried again, and what ran with it is adopted without it', async () => {
    const url = host.publish('/client.tar.gz', archive);
    host.misbehaviour = down;
    await configure({ home: undefined, second: url });
    const life = home.start(['up']);
    await life.event('the finding', isFinding('second'));
    await life.event('the other node live', isLive('home'));
    const told = (await report(life, 'second'))?.findings.find(
      ({ code }) => code === 'EPH-NODE-PROGRAM-MISSING',
    );
    expect(told?.facts).toMatchObject({ target: 'EthereumJS 0.10.5 (archive)', code: 'EPH-ARTIFACT-FETCH' });
    expect(Number(told?.facts.nextTryAtMs)).toBeGreaterThan(0);
    host.misbehaviour = undefined;
    await life.event('the node live', isLive('second'));
    const cleared = life.events.filter(({ type, node }) => type === 'finding.cleared' && node === 'second');
    expect(cleared.map(({ finding }) => (finding as { code: string }).code)).toContain(
      'EPH-NODE-PROGRAM-MISSING',
    );

    const before = { home: await pidsOf('home'), second: await pidsOf('second') };
    expect([before.home.length, before.second.length]).toEqual([2, 2]);
    await life.stop('SIGKILL');
    host.misbehaviour = down;
    await rm(home.path('artifacts'), { recursive: true });
    const next = home.start(['up']);
    await next.event('the finding', isFinding('second'));
    expect(await report(next, 'second')).toMatchObject({ state: 'live', running: 1 });
    expect({ home: await pidsOf('home'), second: await pidsOf('second') }).toEqual(before);
    expect(next.events.filter(({ type }) => type === 'step.started')).toEqual([]);
    expect((await next.stop('SIGINT')).code).toBe(0);
    expect(await home.processes()).toEqual([]);
  });

  it('that is not published ends a first start at once, and begins nothing', async () => {
    await configure({ home: `${host.url}/nowhere.tar.gz` });
    const { code, stderr } = await home.run('up');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('EPH-ARTIFACT-NOT-PUBLISHED'),
    });
    await expect(readFile(home.path('nodes', 'home', 'journal.ndjson'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('that a running node is to have instead of its own leaves it as it runs until it can be had', async () => {
    await configure({ home: undefined, second: host.publish('/client.tar.gz', archive) });
    const life = home.start(['up']);
    await life.event('both live', isLive('home'));
    await life.event('both live', isLive('second'));
    const before = await pidsOf('second');
    const later = host.publish('/later.tar.gz', archive);
    host.misbehaviour = down;
    await configure({ home: undefined, second: later }, '0.10.4');
    expect((await home.run('up', '--detach')).code).toBe(0);
    await life.event('the finding', isFinding('second'));
    expect(await report(life, 'second')).toMatchObject({ state: 'live', running: 1 });
    expect(await pidsOf('second')).toEqual(before);

    host.misbehaviour = undefined;
    await life.event('the finding gone', ({ type, node }) => type === 'finding.cleared' && node === 'second');
    const isRestart = ({ type, node, step }: SeenEvent) =>
      type === 'step.done' && node === 'second' && String(step).startsWith('start execution');
    await life.event('a start with it', (event) => life.events.filter(isRestart).indexOf(event) === 1);
    const after = await pidsOf('second');
    expect(after).toHaveLength(2);
    expect(after).not.toEqual(before);
    expect((await life.stop('SIGINT')).code).toBe(0);
  });

  it('that is not published is told at once beside a node that comes up', async () => {
    await configure({ home: undefined, second: `${host.url}/nowhere.tar.gz` });
    const life = home.start(['up']);
    const { finding } = await life.event('the finding', isFinding('second'));
    expect(finding).toMatchObject({ facts: { code: 'EPH-ARTIFACT-NOT-PUBLISHED' } });
    await life.event('the other node live', isLive('home'));
    expect((await life.stop('SIGINT')).code).toBe(0);
  });

  it('that never comes does not hold up Ctrl-C', async () => {
    const url = host.publish('/client.tar.gz', archive);
    let isAsked = false;
    host.misbehaviour = (_request, response) => {
      response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 10));
      isAsked = true;
      return true;
    };
    await configure({ home: url });
    const life = home.start(['up']);
    await vi.waitFor(() => expect(isAsked).toBe(true), { timeout: 20_000, interval: 20 });
    expect((await life.stop('SIGINT')).code).toBe(0);
    expect(life.events.at(-1)?.type).toBe('supervisor.ended');
    expect(await home.processes()).toEqual([]);
  });
});
