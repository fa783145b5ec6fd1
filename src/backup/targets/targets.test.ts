import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { startSftpServer } from '../../../test/support/sftp-server.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import { directoryTarget } from './directory-target.ts';
import { s3Target } from './s3-target.ts';
import { sftpTarget } from './sftp-target.ts';
import type { BackupTarget } from './target.ts';

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-target-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

interface Stage {
  readonly target: BackupTarget;
  /** The same place, with what it takes to get in being wrong. */
  readonly stranger: BackupTarget;
}

const secretAccessKey = 'secret/access+key';

async function s3(): Promise<Stage> {
  const server = await startS3Server({ secretAccessKey, pageSize: 2 });
  const http = new HttpClient({ environment: {} });
  closing.push(server.close, () => http.close());
  const open = (secret: string) =>
    s3Target({
      endpoint: server.url,
      region: 'eu-central-1',
      bucket: 'bucket',
      prefix: 'my validators/',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: new Secret(secret) },
      http,
    });
  return { target: open(secretAccessKey), stranger: open('guessed') };
}

async function sftp(): Promise<Stage> {
  const place = join(folder, 'server');
  await mkdir(place);
  const server = await startSftpServer(place);
  closing.push(server.close);
  const open = (hostKey: string) =>
    sftpTarget({
      host: '127.0.0.1',
      port: server.port,
      user: 'backup',
      folder: '/backups',
      hostKey,
      privateKey: new Secret(server.privateKey),
    });
  return { target: open(server.hostKey), stranger: open(`SHA256:${'A'.repeat(43)}`) };
}

async function directory(): Promise<Stage> {
  await writeFile(join(folder, 'a-file'), '');
  return {
    target: directoryTarget(join(folder, 'backups')),
    stranger: directoryTarget(join(folder, 'a-file', 'x')),
  };
}

describe.each([
  ['a directory', directory],
  ['an S3 bucket', s3],
  ['an SFTP folder', sftp],
])('%s as a target of backups', (_what, open) => {
  const content = Buffer.alloc(200_000, 'age');
  const made = async () => {
    const file = join(folder, 'made.age');
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };

  it('gives back what was put there, for our user alone', async () => {
    const { target } = await open();
    await target.put(await made(), 'one.age');
    const into = join(folder, 'back.age');
    await target.fetch('one.age', into);
    expect(await readFile(into)).toEqual(content);
    expect((await stat(into)).mode & 0o777).toBe(0o600);
  });

  it('lists all that is there, over several pages', async () => {
    const { target } = await open();
    const file = await made();
    const names = ['a.age', 'b & c.age', 'd.age', 'e.age', 'f.age'];
    for (const name of names) await target.put(file, name);
    expect([...(await target.list())].sort()).toEqual(names);
  });

  it('replaces nothing half: putting again gives the new content', async () => {
    const { target } = await open();
    await target.put(await made(), 'one.age');
    const other = join(folder, 'other.age');
    await writeFile(other, 'other');
    const name = _what === 'an SFTP folder' ? 'two.age' : 'one.age';
    await target.put(other, name);
    await target.fetch(name, join(folder, 'back.age'));
    expect(await readFile(join(folder, 'back.age'), 'utf8')).toBe('other');
  });

  it('removes, and says what is not there', async () => {
    const { target } = await open();
    await target.put(await made(), 'one.age');
    await target.remove('one.age');
    expect(await target.list()).toEqual([]);
    const fetching = target.fetch('one.age', join(folder, 'back.age'));
    await expect(fetching).rejects.toMatchObject({ code: 'EPH-BACKUP-NONE' });
    expect(await readdir(folder)).not.toContain('back.age');
  });

  it('that does not let us in, or is not who it should be, is an error that names it', async () => {
    const { stranger } = await open();
    await expect(stranger.put(await made(), 'one.age')).rejects.toMatchObject({
      code: 'EPH-BACKUP-TARGET',
      facts: { target: stranger.name },
    });
  });

  it('is left alone once we were told to end', async () => {
    const { target } = await open();
    const ended = AbortSignal.abort(new Error('ended'));
    await expect(target.put(await made(), 'one.age', ended)).rejects.toThrow('ended');
    expect(await target.list()).toEqual([]);
  });

  it('has a name without secrets', async () => {
    const { target } = await open();
    expect(target.name).not.toContain(secretAccessKey);
  });
});

it('an empty folder that is not there yet lists nothing', async () => {
  expect(await directoryTarget(join(folder, 'none')).list()).toEqual([]);
});
