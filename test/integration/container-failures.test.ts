import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createImageSource } from '../../src/artifacts/image-source.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import type { FetchProgress } from '../../src/base/fetches.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { taskSpec, unitSpec } from '../../src/runtimes/conformance-harness.ts';
import {
  type ContainerRuntimeParts,
  createContainerRuntime,
} from '../../src/runtimes/container/container-runtime.ts';
import { Engine } from '../../src/runtimes/container/engine.ts';
import { pullImage } from '../../src/runtimes/container/pull-image.ts';
import { longestSilenceMs } from '../../src/runtimes/container/pull-watch.ts';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { createContainerHarness } from '../support/container-harness.ts';
import { buildToyImage, nodeInside, toyProgram } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { freePort } from '../support/free-port.ts';
import { OciRegistry } from '../support/oci-registry.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

/** An hour of it is a minute. */
const fastClock: Clock = {
  nowMs: () => systemClock.nowMs() * 60,
  monotonicMs: () => systemClock.monotonicMs() * 60,
  sleep: (durationMs, signal) => systemClock.sleep(durationMs / 60, signal),
};

const gentle = { signal: 'SIGTERM', deadlineMs: 5_000 } as const;

describeIf(missingEngine())('containers and what can happen to them', () => {
  let registry: OciRegistry;
  let engine: ContainerEngine;
  let toy: string;
  let folder: string;
  let parts: ContainerRuntimeParts;
  const fetched: FetchProgress[] = [];

  beforeAll(async () => {
    registry = await OciRegistry.start();
    engine = await startEngine({ registry: registry.address });
    toy = await buildToyImage(engine);
  });
  afterAll(async () => {
    await engine?.close();
    await registry?.close();
  });
  const options = (rootPath: string) => ({
    rootPath,
    recordPath: join(rootPath, 'engine.json'),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    platform: process.platform,
    env: engine.environment,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-failures-'));
    parts = createContainerRuntime({
      ...options(folder),
      onFetch: (progress) => fetched.push(progress),
    });
  });
  afterEach(async () => {
    await engine.removeAll();
    await rm(folder, { recursive: true, force: true });
  });

  const script = (text: string): InstalledProgram => ({
    ...toyProgram(toy, {}),
    command: [nodeInside, '-e', text, '--'],
  });
  const server = (port: number) =>
    script(`require('http').createServer((q, r) => r.end('here')).listen(${port}, '0.0.0.0')`);
  const published = (port: number) => [{ name: 'rpc', protocol: 'tcp', port, exposure: 'loopback' }] as const;

  it('an engine that goes away is named, and what it runs is what it was when it comes back', async () => {
    const { runtime } = parts;
    const handle = await runtime.start(toyProgram(toy, {}), unitSpec('n.execution'));
    await engine.interrupt();
    const seen = await runtime.inspect(handle);
    expect(seen).toMatchObject({ state: 'unknown', reason: expect.stringContaining(engine.socket) });
    await expect(runtime.recover('n.execution')).rejects.toMatchObject({ code: 'EPH-RUNTIME-UNREACHABLE' });
    await expect(runtime.start(toyProgram(toy, {}), unitSpec('n.execution'))).rejects.toMatchObject({
      code: 'EPH-RUNTIME-UNREACHABLE',
    });
    await engine.resume();
    expect(await runtime.recover('n.execution')).toEqual(handle);
    expect(await runtime.inspect(handle)).toMatchObject({ state: 'running' });
  });

  it('a container that was removed by hand is absent, and its unit starts anew', async () => {
    const { runtime } = parts;
    const handle = await runtime.start(toyProgram(toy, {}), unitSpec('n.execution'));
    await engine.remove(handle.token);
    expect(await runtime.inspect(handle)).toEqual({ state: 'absent' });
    expect(await runtime.stop(handle, gentle)).toBe('was-not-running');
    const next = await runtime.start(toyProgram(toy, {}), unitSpec('n.execution'));
    expect(next.token).not.toBe(handle.token);
  });

  it('a port that another container has is told, and the other one keeps it', async () => {
    const { runtime } = parts;
    const port = await freePort();
    const first = await runtime.start(server(port), unitSpec('a.execution', { ports: published(port) }));
    const second = runtime.start(server(port), unitSpec('b.execution', { ports: published(port) }));
    await expect(second).rejects.toMatchObject({ code: 'EPH-RUNTIME-PORT-TAKEN' });
    expect(await runtime.recover('b.execution')).toBeUndefined();
    expect(await runtime.inspect(first)).toMatchObject({ state: 'running' });
    await runtime.stop(first, gentle);
    await runtime.start(server(port), unitSpec('b.execution', { ports: published(port) }));
  });

  it('units of a node find one another by name, others do not, and the host by loopback alone', async () => {
    const { runtime } = parts;
    const port = await freePort();
    await runtime.start(server(port), unitSpec('n.execution', { ports: published(port) }));
    const name = runtime.addresses.unit('n.execution');
    const ask = script(
      `const t = Date.now(); (async function again() { try { console.log(await (await fetch('http://${name}:${port}')).text()); } catch (e) { if (Date.now() - t > 4000) process.exit(3); setTimeout(again, 100); } })()`,
    );
    expect(await runtime.run(ask, taskSpec('n.consensus.ask'))).toEqual({ exitCode: 0, tail: ['here'] });
    expect((await runtime.run(ask, taskSpec('other.consensus.ask'))).exitCode).toBe(3);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here');
    // The port is bound on loopback alone: the same number is free on another address of this host.
    const elsewhere = createServer();
    await new Promise<void>((resolve, reject) => {
      elsewhere.once('error', reject).listen(port, '127.0.0.2', resolve);
    });
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  const publish = async (image: string) => {
    const layout = join(folder, image);
    await buildToyImage(engine, `${image}:1`);
    await engine.saveLayout(`localhost/${image}:1`, layout);
    await engine.run('rmi', `localhost/${image}:1`);
    return registry.publish('toy', 'v1', layout);
  };

  it('a pull of which nothing comes is ended, and one that is slow is not', async () => {
    await publish('ephemery-slow');
    const { environment: env } = engine;
    const recordPath = join(folder, 'engine.json');
    const ours = new Engine({ env, platform: process.platform, recordPath, clock: systemClock });
    const pull = () => pullImage(ours, `${registry.address}/toy:v1`, { clock: fastClock });
    registry.blobsStall = true;
    await expect(pull()).rejects.toMatchObject({
      code: 'EPH-RUNTIME-PULL-STALLED',
      remedy: expect.stringContaining('tried again'),
    });
    // The engine has let go of it as well; Docker 28 keeps such a connection, unused, until its registry speaks or leaves.
    if (engine.product === 'podman') await expect.poll(() => registry.openBlobs, { timeout: 10_000 }).toBe(0);
    registry.blobsStall = false;
    registry.blobBytesPerSecond = 8 * 2 ** 20;
    const begunMs = fastClock.monotonicMs();
    await pull();
    expect(fastClock.monotonicMs() - begunMs).toBeGreaterThan(longestSilenceMs.fetching);
    registry.blobBytesPerSecond = undefined;
    await engine.run('rmi', `${registry.address}/toy:v1`);
  });

  it('a pull that fails leaves nothing, and a digest stays what it was when its tag has moved', async () => {
    const repository = `${registry.address}/toy`;
    const first = await publish('ephemery-first');
    const source = createImageSource({ images: async () => parts.images, log: silentLog });
    const chosen = { source: 'image', version: '1', repository, tag: 'v1' } as const;

    registry.blobsFail = true;
    await expect(source.obtain({ client: 'toy', chosen })).rejects.toMatchObject({
      code: 'EPH-RUNTIME-PULL-FAILED',
    });
    expect(await parts.images.find({ repository, digest: first })).toBeUndefined();
    registry.blobsFail = false;
    fetched.splice(0);
    const { pin, program } = await source.obtain({ client: 'toy', chosen });
    expect(pin).toEqual({ source: 'image', repository, tag: 'v1', version: '1', digest: first });

    // How far it is in bytes is the engine's to say; that it comes is told of either way.
    expect(fetched.map(({ what }) => what)).toContain(`${repository}:v1`);

    const second = await publish('ephemery-later');
    expect(second).not.toBe(first);
    const pinned = { source: 'image', repository, tag: 'v1', version: '1', digest: first } as const;
    const again = await source.obtain({ client: 'toy', chosen, pinned });
    expect(again.program.image?.digest).toBe(first);

    await engine.run('rmi', '--force', `${repository}:v1`);
    // Who only looks pulls nothing, and finds nothing missing that a start would pull.
    await parts.runtime.lookFor(program);
    expect(await parts.images.find({ repository, digest: first })).toBeUndefined();
    await parts.runtime.prepare(program);
    registry.withdraw('toy', first);
    // Docker keeps the manifest of an image that was removed for a moment, and needs no registry for it.
    const preparedAnew = async () => {
      await engine.run('rmi', '--force', `${repository}@${first}`);
      return parts.runtime.prepare(program).then(
        () => 'prepared',
        (thrown: { code: string }) => thrown.code,
      );
    };
    await expect.poll(preparedAnew, { timeout: 30_000 }).toBe('EPH-RUNTIME-IMAGE-GONE');
  });

  it('an image that two homes use goes with the second of them, pulled by tag or by digest', async () => {
    const image = { repository: `${registry.address}/toy`, digest: await publish('ephemery-shared') };
    const program = { client: 'toy', version: '1', command: [], image };
    const homeOf = (name: string) =>
      createContainerRuntime({
        ...options(join(folder, name)),
        pulledFolder: join(folder, name, 'artifacts', 'images'),
      });
    const [first, second] = [homeOf('first'), homeOf('second')];
    const kept = async () => (await engine.run('images')).split('ephemery-keep').length - 1;

    await first.images.pull(`${image.repository}:v1`);
    await second.runtime.prepare(program);
    expect(await kept()).toBe(2);
    expect(await first.images.pulled()).toMatchObject([{ ...image, tag: 'v1', isUsed: true }]);
    expect(await first.images.remove({ ...image, tag: 'v1' })).toBe(false);
    expect(await second.images.remove(image)).toBe(true);
    expect(await first.images.find(image)).toBe(`${image.repository}@${image.digest}`);
    expect(await first.images.remove({ ...image, tag: 'v1' })).toBe(true);
    expect(await first.images.find(image)).toBeUndefined();

    await second.runtime.prepare(program);
    await first.runtime.prepare(program);
    expect(await second.images.remove(image)).toBe(false);
    expect(await first.images.remove(image)).toBe(true);
    expect(await second.images.find(image)).toBe(`${image.repository}@${image.digest}`);
    expect(await second.images.remove(image)).toBe(true);
    expect(await first.images.find(image)).toBeUndefined();
    expect(await kept()).toBe(0);
  });

  it.each(['intended', 'created', 'started'])(
    'a kill of ours when a start is %s leaves one unit at most',
    async (moment) => {
      const harness = await createContainerHarness(engine, toy);
      try {
        const doomed = await harness.restartDoomed(moment);
        doomed.start(harness.program({}), unitSpec('n.execution')).catch(() => undefined);
        expect(await doomed.ended).toBe('SIGKILL');
        const next = await harness.restart();
        const handle = await next.start(harness.program({}), unitSpec('n.execution'));
        expect(await next.recover('n.execution')).toEqual(handle);
        const started = async () => (await harness.countRunning('n.execution')) === 1;
        await expect.poll(started, { timeout: 20_000 }).toBe(true);
      } finally {
        await harness.close();
      }
    },
  );
});
