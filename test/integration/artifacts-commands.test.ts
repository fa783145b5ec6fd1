import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishAsExecution } from '../support/artifact-config.ts';
import { ArtifactHost } from '../support/artifact-host.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { tarEntry, tarGzOf } from '../support/tar-archive.ts';

// Programs brought in, read again, changed, gone back to and removed by the commands alone.
let ephemery: EphemeryProcess;
let host: ArtifactHost;

const archive = (version: string) =>
  tarGzOf(tarEntry({ path: 'client', mode: 0o755 }, `#!/bin/sh\necho ${version}\n`));
const key = 'execution/ethereumjs@1.0.0';

const configure = (file: string) =>
  publishAsExecution(archive(file), { host, path: `/${file}.tar.gz`, folder: ephemery.folder });

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  host = await ArtifactHost.start();
  await configure('one');
});

afterAll(async () => {
  await host?.close();
  await ephemery?.remove();
});

const installed = async () =>
  (await readdir(join(ephemery.home, 'artifacts', 'archive'))).filter((name) => !name.startsWith('.'));

describe('programs, by commands', () => {
  it('are listed before they are there', async () => {
    expect(await ephemery.json('artifacts', 'list')).toMatchObject({
      programs: [
        { key, isPinned: false, installed: 'no', usedBy: ['home.execution'] },
        { key: 'consensus/mayfly', source: 'builtin', installed: 'elsewhere' },
      ],
      unneeded: [],
    });
  });

  it('are shown before they are pinned, and nothing is changed without a yes', async () => {
    const refused = await ephemery.run('artifacts', 'update');
    expect(refused.code).toBe(2);
    expect(refused.error).toContain('EPH-CLI-CONFIRM');
    const shown = await ephemery.run('artifacts', 'update', '--dry-run');
    expect(shown.out).toContain(`+ ${key}: 1.0.0 (archive) from ${host.url}/one.tar.gz`);
    expect(host.asked).toEqual([]);
    await expect(readFile(join(ephemery.folder, 'ephemery.lock'))).rejects.toThrow('ENOENT');
  });

  it('are installed and pinned, and then the same again', async () => {
    expect(await ephemery.json('artifacts', 'update', '--yes')).toMatchObject({ applied: true });
    expect(await ephemery.json('artifacts', 'update', '--yes')).toMatchObject({
      changes: [],
      applied: false,
    });
    expect(host.asked).toEqual(['/one.tar.gz']);
    const list = await ephemery.run('artifacts', 'list');
    expect(list.out).toMatch(/EthereumJS\s+1\.0\.0\s+archive\s+[0-9a-f]{12}, checksum of the configuration/);
    expect((await ephemery.run('artifacts', 'verify')).code).toBe(0);
  });

  it('follow the configuration when they are updated, and can be gone back to', async () => {
    await configure('two');
    expect((await ephemery.run('artifacts', 'list')).out).toContain('means another');
    await ephemery.json('artifacts', 'update', '--yes');
    expect(await readFile(join(ephemery.folder, 'ephemery.lock'), 'utf8')).toMatch(
      /previous:[\s\S]*one\.tar\.gz/,
    );
    expect(await ephemery.json('artifacts', 'prune')).toMatchObject({ removed: [] });
    await ephemery.json('artifacts', 'update', '--back', '--yes');
    expect(await readFile(join(ephemery.folder, 'ephemery.lock'), 'utf8')).toMatch(
      /previous:[\s\S]*two\.tar\.gz/,
    );
    expect(await installed()).toHaveLength(2);
  });

  it('that were altered are found, with code 3', async () => {
    await configure('one');
    for (const name of await installed()) {
      await writeFile(join(ephemery.home, 'artifacts', 'archive', name, 'content', 'client'), 'altered');
    }
    const { code, out } = await ephemery.run('artifacts', 'verify');
    expect(code).toBe(3);
    expect(out).toContain(`${key} is NOT what is pinned`);
  });

  it('that nothing needs go, after a look', async () => {
    const lock = join(ephemery.folder, 'ephemery.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^previous:\n(?: .*\n)*/m, ''));
    expect(await ephemery.json('artifacts', 'prune', '--dry-run')).toMatchObject({
      removed: [{ what: expect.stringContaining('two.tar.gz') }],
      isDryRun: true,
    });
    expect(await installed()).toHaveLength(2);
    await ephemery.json('artifacts', 'prune');
    expect(await installed()).toHaveLength(1);
  });
});
