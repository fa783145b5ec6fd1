import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startS3Server } from '../../../test/support/s3-server.ts';
import { type SftpMisfortune, startSftpServer } from '../../../test/support/sftp-server.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import { s3Target } from './s3-target.ts';
import { sftpTarget } from './sftp-target.ts';
import type { BackupTarget } from './target.ts';

const content = Buffer.alloc(200_000, 'age');
const secretAccessKey = 'secret/access+key';

let folder: string;
let file: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-trouble-'));
  file = join(folder, 'made.age');
  await writeFile(file, content, { mode: 0o600 });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

async function s3(
  trouble: Partial<Parameters<typeof startS3Server>[0]> = {},
  wrong: { readonly bucket?: string; readonly secret?: string } = {},
) {
  const server = await startS3Server({ secretAccessKey, pageSize: 100, ...trouble });
  const http = new HttpClient({ environment: {} });
  closing.push(server.close, () => http.close());
  const target = s3Target({
    endpoint: server.url,
    region: 'eu-central-1',
    bucket: wrong.bucket ?? 'bucket',
    prefix: '',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: new Secret(wrong.secret ?? secretAccessKey) },
    http,
  });
  return { target, server };
}

async function sftp(trouble: SftpMisfortune = {}, wrong: { hostKey?: string; privateKey?: string } = {}) {
  const place = join(folder, 'server');
  await mkdir(place, { recursive: true });
  const server = await startSftpServer(place, trouble);
  closing.push(server.close);
  const target = sftpTarget({
    host: '127.0.0.1',
    port: server.port,
    user: 'backup',
    folder: '/backups',
    hostKey: wrong.hostKey ?? server.hostKey,
    privateKey: new Secret(wrong.privateKey ?? server.privateKey),
  });
  return { target, server, place };
}

/** What is told of it: what happened, and what to do. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!isEphemeryError(thrown, 'EPH-BACKUP-TARGET')) throw new RangeError(`no refusal: ${String(thrown)}`);
  const told = `${thrown.message} ${thrown.remedy}`;
  expect(told).not.toContain(secretAccessKey);
  expect(told).not.toContain('PRIVATE KEY');
  expect(told).not.toContain('AKIA');
  return told;
}

const put = (target: BackupTarget, name = 'one.age') => target.put(file, name);

describe('a bucket', () => {
  it.each([
    [
      'whose credentials are refused',
      {},
      { secret: 'guessed' },
      'SignatureDoesNotMatch',
      'secret_access_key',
    ],
    ['that is not there', {}, { bucket: 'other' }, 'no such bucket', 'Make the bucket'],
    [
      'whose clock is an hour off',
      { nowMs: () => Date.now() - 3_600_000 },
      {},
      'too far apart',
      "this machine's clock",
    ],
    ['that is full', { capacityBytes: 250_000 }, {}, 'it is full', 'Make room'],
    ['where something else arrives', { altersUploads: true }, {}, 'altered on the way', 'tried again'],
    ['whose connection breaks off', { breaksOff: 'upload' as const }, {}, 's3 ', 'see that it is there'],
  ])('%s is told with what to do, and keeps what it had', async (_what, trouble, wrong, reason, remedy) => {
    const { target, server } = await s3(trouble, wrong);
    server.objects.set('earlier.age', content);
    const told = (await refusal(put(target))).toLowerCase();
    expect(told).toContain(reason.toLowerCase());
    expect(told).toContain(remedy.toLowerCase());
    expect([...server.objects.keys()]).toEqual(['earlier.age']);
  });

  it('that breaks off while it gives a backup back leaves no half one', async () => {
    const { target, server } = await s3({ breaksOff: 'download' });
    server.objects.set('one.age', content);
    await refusal(target.fetch('one.age', join(folder, 'back.age')));
    expect(await readdir(folder)).toEqual(['made.age']);
  });
});

describe('a folder of an SSH server', () => {
  it('that shows another host key is sent nothing, and both keys are told', async () => {
    const { server, place } = await sftp();
    const other = await sftp({}, { hostKey: server.hostKey, privateKey: server.privateKey });
    const told = await refusal(put(other.target));
    expect(told).toContain(server.hostKey);
    expect(told).toContain(other.server.hostKey);
    expect(told).toContain('ssh-keygen -lf');
    expect(await readdir(place)).toEqual([]);
  });

  it('that does not know our key says so', async () => {
    const { server: stranger } = await sftp();
    const { target, place } = await sftp({}, { privateKey: stranger.privateKey });
    const told = await refusal(put(target));
    expect(told).toContain('does not let backup in');
    expect(told).toContain('authorized_keys');
    expect(await readdir(place)).toEqual([]);
  });

  it('is not asked with a key that is none', async () => {
    const { target } = await sftp({}, { privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense' });
    await refusal(put(target));
  });

  it.each([
    ['says so', false, 'could not store it', 'room'],
    ['says nothing', true, 'of 200000 bytes arrived', 'Make room'],
  ])(
    'that is full and %s keeps what it had, without a part of the new one',
    async (_what, silently, reason, remedy) => {
      const { target, place } = await sftp({ full: { afterBytes: 100_000, silently } });
      await writeFile(join(place, 'earlier.age'), 'whole');
      const told = await refusal(put(target));
      expect(told).toContain(reason);
      expect(told).toContain(remedy);
      expect(await readdir(place)).toEqual(['earlier.age']);
      expect(await readFile(join(place, 'earlier.age'), 'utf8')).toBe('whole');
    },
  );

  it('whose connection ends in the middle has nothing that is taken for a backup', async () => {
    const { target, place } = await sftp({ breaksOff: true });
    await refusal(put(target));
    expect((await readdir(place)).filter((name) => name.endsWith('.age'))).toEqual([]);
  });
});

describe('a server that takes connections and never says a word', () => {
  let port: number;
  let called: Promise<void>;
  beforeEach(async () => {
    const callers = new Set<Socket>();
    let tell: () => void = () => undefined;
    called = new Promise((resolve) => {
      tell = resolve;
    });
    const server = createServer((socket) => {
      callers.add(socket.on('error', () => undefined));
      socket.once('data', () => tell());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    closing.push(async () => {
      for (const caller of callers) caller.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
  });

  function bucket(): BackupTarget {
    const http = new HttpClient({ environment: {} });
    closing.push(() => http.close());
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: new Secret(secretAccessKey) };
    const endpoint = `http://127.0.0.1:${port}`;
    return s3Target({ endpoint, region: 'eu-central-1', bucket: 'bucket', prefix: '', credentials, http });
  }

  async function sshFolder(): Promise<BackupTarget> {
    const { server } = await sftp();
    const { hostKey, privateKey } = server;
    const options = { host: '127.0.0.1', port, user: 'backup', folder: '/backups', hostKey };
    return sftpTarget({ ...options, privateKey: new Secret(privateKey) });
  }

  const asks: Readonly<Record<string, (target: BackupTarget, signal: AbortSignal) => Promise<unknown>>> = {
    put: (target, signal) => target.put(file, 'one.age', signal),
    list: (target, signal) => target.list(signal),
    fetch: (target, signal) => target.fetch('one.age', join(folder, 'back.age'), signal),
    remove: (target, signal) => target.remove('one.age', signal),
  };

  it.each(
    ['a bucket', 'a folder over SSH'].flatMap((kind) =>
      Object.keys(asks).map((what) => [kind, what] as const),
    ),
  )('is left at once when we are told to end: %s, %s', async (kind, what) => {
    const target = kind === 'a bucket' ? bucket() : await sshFolder();
    const ending = new AbortController();
    const asking = asks[what]?.(target, ending.signal);
    void called.then(() => ending.abort(new Error('told to end')));
    await expect(asking).rejects.toThrow('told to end');
    expect((await readdir(folder)).filter((name) => name !== 'server')).toEqual(['made.age']);
  });
});
