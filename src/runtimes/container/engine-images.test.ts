import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Engine } from './engine.ts';
import { EngineImages } from './engine-images.ts';
import { PulledImages } from './pulled-images.ts';

const repository = 'registry.example/toy';
const digest = `sha256:${'1'.repeat(64)}`;
const imageId = `sha256:${'9'.repeat(64)}`;

/** An engine with one image at most, known by these names. */
class ToyEngine {
  readonly names = new Set<string>();
  /** What a pull brings. */
  published: readonly string[] = [`${repository}:v1`, `${repository}@${digest}`];
  isUsed = false;
  isSilent = false;

  private readonly docker = {
    listContainers: async () => (this.isUsed ? [{ ImageID: imageId }] : []),
    listImages: async () => (this.names.size === 0 ? [] : [this.inspected()]),
    createImage: async () => {
      for (const name of this.published) this.names.add(name);
      return (async function* () {})();
    },
    getImage: (name: string) => ({
      inspect: async () => (this.has(name) ? this.inspected() : refuse(404)),
      remove: async () => {
        if (!this.names.has(name)) return refuse(404);
        // As engines do: only the last name of one in use is held fast.
        const tags = [...this.names].filter((one) => !one.includes('@'));
        if (this.isUsed && tags.length < 2) return refuse(409);
        this.names.delete(name);
        // As Podman does: a digest is every name of its repository.
        if (name.includes('@'))
          for (const tag of tags) if (tag.startsWith(`${repository}:`)) this.names.delete(tag);
        return [];
      },
      tag: async ({ repo, tag }: { repo: string; tag: string }) => void this.names.add(`${repo}:${tag}`),
    }),
  };

  async ask(work: (docker: unknown) => unknown): Promise<unknown> {
    if (this.isSilent) throw new Error('connect ENOENT');
    return work(this.docker);
  }

  open(): Promise<unknown> {
    return Promise.resolve(this.docker);
  }

  lost(): void {}

  private has(name: string): boolean {
    return this.names.has(name) || (name === imageId && this.names.size > 0);
  }

  private inspected() {
    const RepoDigests = [...this.names].filter((name) => name.includes('@'));
    const RepoTags = [...this.names].filter((name) => !name.includes('@'));
    return { Id: imageId, RepoDigests, RepoTags, Size: 70 };
  }
}

function refuse(statusCode: number): never {
  throw Object.assign(new Error(`status ${statusCode}`), { statusCode });
}

let folder: string;
let engine: ToyEngine;
let images: EngineImages;
const homeOf = (home: string) =>
  new EngineImages(engine as unknown as Engine, {
    clock: new VirtualClock(0),
    log: silentLog,
    home,
    pulled: new PulledImages(join(folder, home)),
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-images-'));
  engine = new ToyEngine();
  images = homeOf('images');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('images that we pulled', () => {
  it('are ours when the engine did not have them, and go with their names', async () => {
    await images.pull(`${repository}:v1`);
    const own = { repository, digest, tag: 'v1' };
    expect(await images.pulled()).toEqual([{ ...own, bytes: 70, isUsed: false }]);
    expect(await images.remove(own)).toBe(true);
    expect([...engine.names]).toEqual([]);
    expect(await images.pulled()).toEqual([]);
  });

  it('are known by their digest alone when that was pulled', async () => {
    engine.published = [`${repository}@${digest}`];
    await images.pull(`${repository}@${digest}`);
    expect(await images.pulled()).toEqual([{ repository, digest, bytes: 70, isUsed: false }]);
  });

  it('are not ours when they were there before, under whatever name', async () => {
    engine.names.add(`elsewhere.example/toy@${digest}`);
    await images.pull(`${repository}:v1`);
    expect(await images.pulled()).toEqual([]);
  });

  it('stay whole while a container uses them, also when they have names that are not ours', async () => {
    await images.pull(`${repository}:v1`);
    engine.isUsed = true;
    const own = { repository, digest, tag: 'v1' };
    for (const name of ['', 'mine:kept']) {
      if (name !== '') engine.names.add(name);
      const before = [...engine.names];
      expect(await images.pulled()).toMatchObject([{ isUsed: true }]);
      expect(await images.remove(own)).toBe(false);
      expect([...engine.names]).toEqual(before);
      expect(await images.pulled()).toHaveLength(1);
    }
  });

  it.each(['mine:kept', `${repository}:v2`])(
    'give up our names alone where others gave them %s, which frees nothing',
    async (name) => {
      await images.pull(`${repository}:v1`);
      engine.names.add(name);
      expect(await images.pulled()).toMatchObject([{ bytes: 0 }]);
      expect(await images.remove({ repository, digest, tag: 'v1' })).toBe(true);
      expect([...engine.names].filter((one) => !one.includes('@'))).toEqual([name]);
    },
  );

  it.each(['{', '{}', '{"repository":1,"digest":"sha256:1"}'])(
    'are not told of by a damaged record: %s',
    async (text) => {
      await images.pull(`${repository}:v1`);
      await writeFile(join(folder, 'images', 'damaged.json'), text);
      expect(await images.pulled()).toHaveLength(1);
    },
  );

  it('are forgotten once somebody else has removed them, and not while nobody can tell', async () => {
    await images.pull(`${repository}:v1`);
    engine.isSilent = true;
    await expect(images.pulled()).rejects.toThrow('ENOENT');
    engine.isSilent = false;
    expect(await images.pulled()).toHaveLength(1);
    engine.names.clear();
    expect(await images.pulled()).toEqual([]);
  });
});

describe('images that another home pulled', () => {
  const image = { repository, digest };
  const pulled = { ...image, tag: 'v1' };
  const plain = () => [...engine.names].filter((name) => !name.startsWith('localhost/')).toSorted();
  const kept = () => [...engine.names].filter((name) => name.startsWith('localhost/')).length;
  let other: EngineImages;
  beforeEach(async () => {
    other = homeOf('other');
    await images.pull(`${repository}:v1`);
    await other.keep(image);
    await other.keep(image);
  });

  it('stay while one of them keeps them, whole and under the names by which they are found', async () => {
    expect(kept()).toBe(2);
    const before = plain();
    expect(await images.pulled()).toMatchObject([{ isUsed: true }]);
    expect(await images.remove(pulled)).toBe(false);
    expect(plain()).toEqual(before);
    expect(kept()).toBe(2);
  });

  it('are given up by a name alone, and go once whoever pulled them does not need them either', async () => {
    const before = plain();
    expect(await other.pulled()).toEqual([{ ...image, kept: true, bytes: 0, isUsed: false }]);
    expect(await other.remove(image)).toBe(true);
    expect(plain()).toEqual(before);
    expect(await other.pulled()).toEqual([]);
    expect(await images.pulled()).toEqual([{ ...pulled, bytes: 70, isUsed: false }]);
    expect(await images.remove(pulled)).toBe(true);
    expect([...engine.names]).toEqual([]);
  });

  it('are found again to be given up where somebody took all other names', async () => {
    for (const name of plain()) engine.names.delete(name);
    expect(await other.remove(image)).toBe(true);
    expect(await images.remove(pulled)).toBe(true);
    expect(kept()).toBe(0);
  });

  it('are kept as well when they are pulled once more by their tag', async () => {
    const third = homeOf('third');
    await third.pull(`${repository}:v1`);
    expect(kept()).toBe(3);
    expect(await third.pulled()).toMatchObject([{ kept: true }]);
  });

  it("are one's alone when two have pulled them at once", async () => {
    const record = new PulledImages(join(folder, 'late'));
    await record.add(pulled);
    const late = homeOf('late');
    await late.keep(image);
    expect(await record.all()).toEqual([{ ...pulled, kept: true }]);
  });
});

it('an image that was there before any home is not marked', async () => {
  for (const name of engine.published) engine.names.add(name);
  await images.keep({ repository, digest });
  expect([...engine.names]).toEqual(engine.published);
  expect(await images.pulled()).toEqual([]);
});
