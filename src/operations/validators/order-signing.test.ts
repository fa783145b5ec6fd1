import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { toyProgram } from '../../../test/support/toy-signer.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
import { createProcessRuntime } from '../../runtimes/process/process-runtime.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import type { Services } from '../services.ts';
import { allowSigning, haltSigning, stopSigning } from './order-signing.ts';
import { withdrawKeys } from './withdraw-keys.ts';

let folder = '';
let runtime: Runtime;
let services: Services;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-'));
  for (const node of ['a', 'b']) await mkdir(join(folder, 'nodes', node), { recursive: true });
  const paths = rootPaths(folder);
  const open = () =>
    createProcessRuntime({
      recordsFolder: join(folder, 'run', 'units'),
      logsFolder: join(folder, 'logs'),
      clock: systemClock,
      random: systemRandom,
      env: process.env,
      log: silentLog,
    });
  runtime = await open();
  const runtimes = { process: open(), absent: Promise.reject(new Error('no such engine')) };
  runtimes.absent.catch(() => undefined);
  services = {
    paths,
    clock: systemClock,
    clients: [lighthouseValidator],
    log: silentLog,
    runtimeIds: ['process', 'absent'],
    runtime: (id: keyof typeof runtimes) => runtimes[id],
  } as unknown as Services;
});
afterEach(async () => {
  await haltSigning(services, { reason: 'the test is over' });
  await rm(folder, { recursive: true, force: true });
});

async function start(node: string, env: Readonly<Record<string, string>> = {}) {
  const program = toyProgram('toy', env);
  return runtime.start(program, {
    name: `${node}.validator`,
    args: ['run', folder],
    env,
    mounts: [{ key: 'data', hostPath: folder, writable: true }],
    workingMount: 'data',
    ports: [],
    stop: { signal: 'SIGTERM', deadlineMs: 60_000, resetStopDeadlineMs: 60_000 },
    readiness: { kind: 'none' },
  });
}

/** A promise that is settled from outside. */
function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const orderOf = async (node: string) =>
  JSON.parse(await readFile(join(folder, 'nodes', node, 'signing.json'), 'utf8')) as {
    order: string;
    reason: string;
  };

describe('a halt', () => {
  it('ends every signer in under two seconds, even one that does not want to', async () => {
    await start('a');
    await start('b', { TOY_STUBBORN: 'yes' });
    const startedMs = performance.now();
    const { nodes } = await haltSigning(services, { reason: 'two signers' });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(nodes.map(({ node }) => node)).toEqual(['a', 'b']);
    expect(await runtime.recover('a.validator')).toBeUndefined();
    expect(await runtime.recover('b.validator')).toBeUndefined();
    expect(await orderOf('a')).toMatchObject({ order: 'halt', reason: 'two signers' });
    expect(await orderOf('b')).toMatchObject({ order: 'halt' });
  });

  it('is noted with the keys, and of one node alone', async () => {
    const owners = new KeyOwners(join(folder, 'keys'));
    const signed = { genesisValidatorsRoot: '0x', iteration: 1, keysFingerprint: 'f', startedAtMs: 1 };
    await owners.write('of-a', { node: 'a', installation: 'x', signed });
    await owners.write('of-b', { node: 'b', installation: 'x', signed });
    await start('b');
    await haltSigning(services, { node: 'a', reason: 'r' });
    expect((await owners.read('of-a'))?.signed?.endedAtMs).toBeGreaterThan(1);
    expect((await owners.read('of-b'))?.signed?.endedAtMs).toBeUndefined();
    expect(await runtime.recover('b.validator')).toBeDefined();
    await expect(haltSigning(services, { node: 'c', reason: 'r' })).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-UNKNOWN-NODE',
    });
  });

  it('leaves a client that is stopped no keys where it looks for them; one that may run keeps them', async () => {
    const [key] = await writeKeySet(folder, 'main', [1]);
    const store = new FileNodeStore(services.paths, 'a');
    const opened = { genesisValidatorsRoot: `0x${'ab'.repeat(32)}`, client: 'lighthouse', number: 1 };
    await store.openProtection(opened, async () => undefined);
    const copy = join(store.protectionPath(opened), 'validators', `${key}`, 'voting-keystore.json');
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, '{}');
    await haltSigning(services, { reason: 'r' });
    await allowSigning(services, { reason: 'r' });
    await new SigningOrders(services.paths, 'a').whileStopped(() => withdrawKeys(services, 'a'));
    await access(copy);
    await stopSigning(services, { reason: 'r' });
    await expect(access(copy)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('holds until somebody lets them sign again', async () => {
    await stopSigning(services, { reason: 'work on the roof' });
    expect(await orderOf('a')).toMatchObject({ order: 'stop', reason: 'work on the roof' });
    expect(await allowSigning(services, { node: 'a', reason: 'done' })).toEqual(['a']);
    expect([await orderOf('a'), await orderOf('b')]).toMatchObject([{ order: 'run' }, { order: 'stop' }]);
    // By the door through which a node starts its signers.
    const startIn = (node: string) => new FileNodeStore(services.paths, node).startSigning(() => start(node));
    expect([await startIn('a'), await startIn('b')]).toEqual([expect.anything(), undefined]);
    expect(await runtime.recover('b.validator')).toBeUndefined();
  });

  it('waits for a start that is under way, ends what it started, and lets none begin after', async () => {
    const orders = new SigningOrders(services.paths, 'a');
    let isHalted = false;
    const begun = deferred();
    const go = deferred();
    const starting = orders.startUnlessStopped(async () => {
      begun.resolve();
      await go.promise;
      expect(isHalted).toBe(false);
      return start('a');
    });
    await begun.promise;
    const halting = haltSigning(services, { node: 'a', reason: 'r' }).then((report) => {
      isHalted = true;
      return report;
    });
    await expect.poll(() => orderOf('a').catch(() => undefined)).toMatchObject({ order: 'halt' });
    go.resolve();
    const [handle, report] = await Promise.all([starting, halting]);
    expect(handle).toBeDefined();
    expect(report.nodes).toMatchObject([{ node: 'a', outcome: 'stopped' }]);
    expect(await runtime.recover('a.validator')).toBeUndefined();
    expect(await orders.startUnlessStopped(() => start('a'))).toBeUndefined();
    expect(await runtime.recover('a.validator')).toBeUndefined();
  });

  it('says so within two seconds when a start is under way that does not end; the order holds', async () => {
    const orders = new SigningOrders(services.paths, 'a');
    const never = deferred();
    const begun = deferred();
    const starting = orders.startUnlessStopped(async () => {
      begun.resolve();
      await never.promise;
    });
    await begun.promise;
    await start('a');
    const startedMs = performance.now();
    await expect(haltSigning(services, { reason: 'r' })).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-STILL-SIGNING',
      facts: { nodes: ['a'] },
    });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    // What ran has ended nevertheless, and nothing begins.
    expect(await runtime.recover('a.validator')).toBeUndefined();
    expect(await orderOf('a')).toMatchObject({ order: 'halt' });
    never.resolve();
    await starting;
    expect(await orders.startUnlessStopped(() => start('a'))).toBeUndefined();
  });

  it('is not lost to somebody who says something else at the same moment', async () => {
    const orders = new SigningOrders(services.paths, 'a');
    await stopSigning(services, { node: 'a', reason: 'mine' });
    // As the end of a move: it allows only what it stopped itself.
    const allow = () =>
      orders.change((order) =>
        order?.reason === 'mine' ? { order: 'run', reason: '', atMs: 1, slashedBefore: [] } : undefined,
      );
    await Promise.all([
      ...Array.from({ length: 8 }, allow),
      haltSigning(services, { node: 'a', reason: 'two signers' }),
      ...Array.from({ length: 8 }, allow),
    ]);
    expect(await orderOf('a')).toMatchObject({ order: 'halt', reason: 'two signers' });
  });
});
