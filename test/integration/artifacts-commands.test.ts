import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedReport } from '../../src/operations/clients/published-releases.ts';
import { publishAsExecution } from '../support/artifact-config.ts';
import { ArtifactHost } from '../support/artifact-host.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { freePort } from '../support/free-port.ts';
import { startNpmRegistry } from '../support/npm-registry.ts';
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

describe('what publishers have now', () => {
  const ask = async (registry: string, ...args: readonly string[]) => {
    // Nothing listens there: hosts of the catalogue do not answer; npm would ask a proxy for loopback too, unless told.
    const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
    const ended = await ephemery.runIn(
      { HTTPS_PROXY, NO_PROXY: '127.0.0.1', npm_config_registry: registry },
      ...['clients', '--check', '--layer', 'execution', ...args],
    );
    expect(ended).toMatchObject({ code: 0 });
    return ended.out;
  };

  it('is asked of the page of an archive and of npm, and what does not answer is unknown', async () => {
    const registry = await startNpmRegistry();
    try {
      await registry.publish({ name: '@ethereumjs/client', version: '99.0.0', program: '' });
      const page = host.release('me/toy', 'v1.2.0');
      const path = new URL(`${page}/download/v1.0.0/toy.tar.gz`).pathname;
      await publishAsExecution(archive('toy'), { host, path, folder: ephemery.folder });
      const already = host.asked.length;
      const report: PublishedReport = JSON.parse(await ask(registry.url, '--json'));
      expect(report.nodes).toMatchObject([
        {
          node: 'home',
          published: { version: '1.2.0', tag: 'v1.2.0', address: `${page}/tag/v1.2.0`, isNewer: true },
        },
      ]);
      const published = Object.fromEntries(report.clients.map((one) => [one.id, one.published]));
      expect(published.ethereumjs).toMatchObject({ version: '99.0.0', tag: 'latest', isNewer: true });
      expect(published.geth).toEqual({ unknown: expect.stringContaining('github.com could not be asked') });
      expect(host.asked.slice(already)).toEqual(['/me/toy/releases/latest']);
      const text = await ask(registry.url);
      expect(text).toContain(`home: ethereumjs 1.2.0 is newer than 1.0.0: ${page}/tag/v1.2.0`);
      expect(text).toMatch(/Unknown for Geth, .*: github\.com could not be asked/);
    } finally {
      await registry.close();
    }
  });

  it('is not asked for by the list alone', async () => {
    const already = host.asked.length;
    expect(await ephemery.json('clients')).not.toHaveProperty('clients.0.published');
    expect(host.asked).toHaveLength(already);
  });
});
