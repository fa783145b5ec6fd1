import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLayout, type LayoutMigration, openLayout, prepareRoot } from './layout.ts';
import { type RootPaths, rootPaths } from './root-paths.ts';

describe('the layout of a root', () => {
  let paths: RootPaths;
  beforeEach(async () => {
    paths = rootPaths(join(await mkdtemp(join(tmpdir(), 'ephemery-layout-')), 'root'));
  });
  afterEach(() => rm(join(paths.root, '..'), { recursive: true, force: true }));

  it('is made for our user alone, and read by commands without being made', async () => {
    expect(await checkLayout(paths)).toBe(false);
    await prepareRoot(paths);
    await openLayout(paths);
    expect(await checkLayout(paths)).toBe(true);
    expect((await stat(paths.root)).mode & 0o777).toBe(0o700);
    expect((await stat(paths.run)).mode & 0o777).toBe(0o700);
  });

  it("is not made in a folder with somebody else's files", async () => {
    await prepareRoot(paths);
    await writeFile(join(paths.root, 'thesis.txt'), '');
    await expect(prepareRoot(paths)).rejects.toMatchObject({ code: 'EPH-ROOT-NOT-EMPTY' });
  });

  it('may be made around keys and releases that were there before the first `up`', async () => {
    for (const folder of [paths.keys, paths.nodes, paths.releases, paths.artifacts, paths.devnets])
      await mkdir(folder, { recursive: true });
    await expect(prepareRoot(paths)).resolves.toBeUndefined();
  });

  it('may be made by two at once: the half-written layout of the other is no foreign file', async () => {
    await prepareRoot(paths);
    await writeFile(`${paths.layout}.0123456789ab.tmp`, '');
    await expect(prepareRoot(paths)).resolves.toBeUndefined();
  });

  it('refuses one of a newer program, whoever looks', async () => {
    await prepareRoot(paths);
    await writeFile(paths.layout, '{"version":99}');
    await expect(openLayout(paths)).rejects.toMatchObject({ code: 'EPH-ROOT-LAYOUT-NEWER' });
    await expect(checkLayout(paths)).rejects.toMatchObject({ code: 'EPH-ROOT-LAYOUT-NEWER' });
  });

  it.each(['', 'x', '{}', '{"version":0}', '{"version":"1"}'])('refuses one that says "%s"', async (text) => {
    await prepareRoot(paths);
    await writeFile(paths.layout, text);
    await expect(openLayout(paths)).rejects.toMatchObject({ code: 'EPH-ROOT-LAYOUT-INVALID' });
  });

  it('says why a root cannot be used', async () => {
    await prepareRoot(paths);
    await writeFile(join(paths.root, 'logs'), '');
    const below = rootPaths(join(paths.root, 'logs', 'deeper'));
    await expect(prepareRoot(below)).rejects.toMatchObject({ code: 'EPH-ROOT-UNUSABLE' });
  });

  describe('of an older program', () => {
    const note = () => join(paths.root, 'note');
    const migrations: LayoutMigration[] = [
      { to: 2, touches: ['note', 'absent'], migrate: () => writeFile(note(), 'second') },
      { to: 3, touches: ['note'], migrate: () => writeFile(note(), 'third') },
    ];
    beforeEach(async () => {
      await prepareRoot(paths);
      await writeFile(paths.layout, '{"version":1}');
      await writeFile(note(), 'first');
    });

    it('is brought forward step by step, with a copy of what each step touches', async () => {
      await openLayout(paths, migrations);
      expect(await readFile(note(), 'utf8')).toBe('third');
      expect(await readFile(join(paths.root, 'backups/layout-1/note'), 'utf8')).toBe('first');
      expect(await readFile(join(paths.root, 'backups/layout-2/note'), 'utf8')).toBe('second');
      expect(JSON.parse(await readFile(paths.layout, 'utf8'))).toEqual({ version: 3 });
    });

    it('goes on where it was cut short', async () => {
      const failing = [
        migrations[0],
        { to: 3, touches: ['note'], migrate: () => Promise.reject(new Error('cut')) },
      ].filter((migration) => migration !== undefined);
      await expect(openLayout(paths, failing)).rejects.toThrow('cut');
      expect(JSON.parse(await readFile(paths.layout, 'utf8'))).toEqual({ version: 2 });
      await openLayout(paths, migrations);
      expect(await readFile(note(), 'utf8')).toBe('third');
    });
  });
});
