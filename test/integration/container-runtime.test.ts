import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conformanceCases } from '../../src/runtimes/conformance.ts';
import { unitSpec } from '../../src/runtimes/conformance-harness.ts';
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

    beforeEach(async () => {
      home = await EphemeryHome.create();
      record = new PulledImages(home.path('artifacts', 'images'));
      const clients = { execution: { client: 'ethereumjs' }, consensus: { client: 'mayfly' } };
      const config = { version: 1, nodes: { home: { network: 'devnet', ...clients } } };
      await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config));
    });
    afterEach(() => home.close());

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
    const prune = async (...more: readonly string[]) => {
      const args = ['artifacts', 'prune', ...more];
      const { code, stdout, stderr } = await home.start(args, { env: engine.environment }).ended;
      expect(code, stderr).toBe(0);
      const { removed } = JSON.parse(stdout) as { removed: readonly { path: string; bytes: number }[] };
      return Object.fromEntries(removed.map(({ path, bytes }) => [path, bytes]));
    };
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
  });
});
