import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { conformanceCases } from '../../src/runtimes/conformance.ts';
import { unitSpec } from '../../src/runtimes/conformance-harness.ts';
import { createContainerRuntime } from '../../src/runtimes/container/container-runtime.ts';
import { PulledImages } from '../../src/runtimes/container/pulled-images.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { type ContainerHarness, createContainerHarness } from '../support/container-harness.ts';
import { buildToyImage, toyProgram } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

describeIf(missingEngine())('on a real engine', () => {
  let engine: ContainerEngine;
  let toy: string;
  let harness: ContainerHarness;

  beforeAll(async () => {
    engine = await startEngine();
    toy = await buildToyImage(engine);
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    harness = await createContainerHarness(engine, toy);
  });
  afterEach(() => harness.close());

  describe('the container runtime conforms', () => {
    it.each(conformanceCases)('$name', async ({ run }) => {
      await expect(run(harness)).resolves.toBeUndefined();
    });
  });

  describe('images of a home that nothing needs', () => {
    let home: EphemeryHome;
    let record: PulledImages;

    let second: EphemeryHome;

    const homeWithNode = async () => {
      const made = await EphemeryHome.create();
      const clients = { execution: { client: 'ethereumjs' }, consensus: { client: 'mayfly' } };
      const config = { version: 1, nodes: { home: { network: 'devnet', ...clients } } };
      await writeFile(join(made.folder, 'ephemery.yaml'), JSON.stringify(config));
      return made;
    };
    beforeEach(async () => {
      home = await homeWithNode();
      second = await homeWithNode();
      record = new PulledImages(home.path('artifacts', 'images'));
    });
    afterEach(async () => {
      await home.close();
      await second.close();
    });

    /** An image that differs from the toy's by a label, as `localhost/<name>:1`. */
    const make = async (name: string) => {
      const repository = `localhost/${name}`;
      const toyContainer = await engine.run('create', 'localhost/ephemery-toy:1', '/none');
      await engine.run('commit', '--change', `LABEL made=${name}`, toyContainer, `${repository}:1`);
      const container = await engine.run('create', `${repository}:1`, '/none');
      const digest = await engine.imageDigestOf(container);
      await engine.remove(toyContainer, container);
      return { repository, digest };
    };
    const pulled = async (name: string) => {
      const image = await make(name);
      await record.add({ ...image, tag: '1' });
      return image;
    };
    const pruneIn = async (of: EphemeryHome, ...more: readonly string[]) => {
      const args = ['artifacts', 'prune', ...more];
      const { code, stdout, stderr } = await of.start(args, { env: engine.environment }).ended;
      expect(code, stderr).toBe(0);
      const { removed } = JSON.parse(stdout) as { removed: readonly { path: string; bytes: number }[] };
      return Object.fromEntries(removed.map(({ path, bytes }) => [path, bytes]));
    };
    const prune = (...more: readonly string[]) => pruneIn(home, ...more);
    /** As before the first start of a unit. */
    const prepare = (of: EphemeryHome, image: { readonly repository: string; readonly digest: string }) =>
      createContainerRuntime({
        rootPath: of.root,
        recordPath: of.path('run', 'engine.json'),
        pulledFolder: of.path('artifacts', 'images'),
        user: { uid: 0, gid: 0 },
        platform: process.platform,
        env: engine.environment,
        clock: systemClock,
        random: systemRandom,
        log: silentLog,
      }).runtime.prepare({ client: 'toy', version: '1', command: [], image });
    const names = async () =>
      (await engine.run('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n').toSorted();

    it('go when it pulled them, and no other of them, nor what another home has a container of', async () => {
      const [old, named, used] = [await pulled('old'), await pulled('named'), await pulled('used')];
      await make('theirs');
      await engine.run('tag', 'localhost/named:1', 'localhost/named:mine');
      await engine.run('tag', 'localhost/used:1', 'localhost/used:again');
      // The other home's unit has ended; its container is there for its logs.
      const program = { ...toyProgram(toy, {}, harness.folder), image: used };
      const start = () => harness.runtime().start(program, unitSpec('n.execution'));
      await harness.runtime().stop(await start(), { signal: 'SIGTERM', deadlineMs: 10_000 });

      const before = await names();
      const expected = {
        [`${old.repository}@${old.digest}`]: expect.toSatisfy((bytes: number) => bytes > 1_000_000),
        [`${named.repository}@${named.digest}`]: 0,
      };
      expect(await prune('--dry-run')).toEqual(expected);
      expect(await names()).toEqual(before);
      expect(await prune()).toEqual(expected);
      const gone = ['localhost/named:1', 'localhost/old:1'];
      expect(await names()).toEqual(before.filter((name) => !gone.includes(name)));
      expect(await record.all()).toEqual([{ ...used, tag: '1' }]);
      expect(await prune()).toEqual({});
      expect((await harness.runtime().inspect(await start())).state).toBe('running');
    });

    it('stay while another home keeps them, and go with the last one', async () => {
      const shared = await pulled('shared');
      const path = `${shared.repository}@${shared.digest}`;
      const unmarked = await make('theirs');
      for (const each of [home, second]) {
        await prepare(each, shared);
        await prepare(each, unmarked);
      }
      const kept = (all: readonly string[]) => all.filter((name) => name.includes('ephemery-keep'));
      const plain = (all: readonly string[]) => all.filter((name) => !name.includes('ephemery-keep'));
      const before = await names();
      expect(kept(before)).toHaveLength(2);

      expect(await prune()).toEqual({});
      expect(await names()).toEqual(before);
      expect(await pruneIn(second)).toEqual({ [path]: 0 });
      expect(plain(await names())).toEqual(plain(before));
      expect(kept(await names())).toHaveLength(1);
      expect(await prune()).toEqual({ [path]: expect.toSatisfy((bytes: number) => bytes > 1_000_000) });
      expect(await names()).toEqual(plain(before).filter((name) => name !== 'localhost/shared:1'));
    });
  });
});
