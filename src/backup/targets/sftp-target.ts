import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod, rm, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Client, SFTPWrapper } from 'ssh2';
import { messageOf } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { backupErrors } from '../errors.ts';
import { attempt } from './attempt.ts';
import type { BackupTarget } from './target.ts';
import { makeRoom, TargetRefusal } from './target-refusal.ts';

export interface SftpTargetOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A folder of the server that is there already. */
  readonly folder: string;
  /** As `ssh-keygen -lf` prints it: SHA256:… Without it anybody could answer. */
  readonly hostKey: string;
  /** The text of a private key without a passphrase. */
  readonly privateKey: Secret;
}

const readyTimeoutMs = 20_000;
const noSuchFile = 2;

/** A folder of an SSH server. One connection for each call: backups are hours apart. */
export function sftpTarget(options: SftpTargetOptions): BackupTarget {
  const { host, port, user, folder } = options;
  const name = `sftp ${user}@${host}:${port}${folder.startsWith('/') ? '' : '/'}${folder}`;
  const place = (file: string) => `${folder.replace(/\/+$/, '')}/${file}`;
  const using = <T>(signal: AbortSignal | undefined, work: (sftp: SFTPWrapper) => Promise<T>) =>
    attempt(name, signal, () => connected(options, signal, work));
  return {
    name,
    put: (file, object, signal) =>
      using(signal, async (sftp) => {
        const part = place(`${object}.part`);
        try {
          await call((done) => sftp.fastPut(file, part, { mode: 0o600 }, done));
          await expectWhole(sftp, file, part);
          await call((done) => sftp.rename(part, place(object), done));
        } catch (thrown) {
          await call((done) => sftp.unlink(part, done)).catch(() => undefined);
          throw sftpRefusal(thrown);
        }
      }),
    list: (signal) =>
      using(signal, async (sftp) => {
        const entries = await promisify(sftp.readdir.bind(sftp) as Readdir)(folder);
        return entries.map(({ filename }) => filename);
      }),
    fetch: (object, into, signal) =>
      using(signal, async (sftp) => {
        try {
          await call((done) => sftp.fastGet(place(object), into, done));
          await chmod(into, 0o600);
        } catch (thrown) {
          await rm(into, { force: true });
          if ((thrown as { code?: unknown }).code !== noSuchFile) throw thrown;
          throw backupErrors.create('EPH-BACKUP-NONE', { wanted: object, target: name }, thrown);
        }
      }),
    remove: (object, signal) => using(signal, (sftp) => call((done) => sftp.unlink(place(object), done))),
  };
}

/** A server that ran full may have taken a part and said nothing. */
async function expectWhole(sftp: SFTPWrapper, file: string, part: string): Promise<void> {
  const { size } = await stat(file);
  const there = await promisify(sftp.stat.bind(sftp) as Stat)(part);
  if (there.size !== size) throw new TargetRefusal(`only ${there.size} of ${size} bytes arrived`, makeRoom);
}

/** SFTP v3 has one code for most failures; later versions name a full disk and a quota. */
function sftpRefusal(thrown: unknown): unknown {
  const { code } = thrown as { code?: unknown };
  if (code === 14 || code === 15) return new TargetRefusal('it is full', makeRoom);
  if (code !== 4) return thrown;
  return new TargetRefusal(
    `it could not store it (${messageOf(thrown)})`,
    'See that there is room in its folder, and that the user may write there. Older backups are still there.',
  );
}

type Stat = (path: string, done: (failed: Error | undefined, told: { size: number }) => void) => void;
type Done = (failed?: Error | null) => void;
type Readdir = (
  path: string,
  done: (failed: Error | undefined, list: { filename: string }[]) => void,
) => void;

function call(run: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run((failed) => (failed ? reject(failed) : resolve()));
  });
}

async function connected<T>(
  options: SftpTargetOptions,
  signal: AbortSignal | undefined,
  work: (sftp: SFTPWrapper) => Promise<T>,
): Promise<T> {
  const { default: ssh2 } = await import('ssh2');
  const client = new ssh2.Client();
  const seen: { hostKey?: string } = {};
  const stop = () => client.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  // An answer that never comes ends with the connection.
  const broken = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
    client.on('close', () => reject(new TypeError('the connection was closed')));
  });
  broken.catch(() => undefined);
  try {
    await Promise.race([ready(client, options, seen), broken]);
    const sftp = await Promise.race([promisify(client.sftp.bind(client) as OpenSftp)(), broken]);
    return await Promise.race([work(sftp), broken]);
  } catch (thrown) {
    throw connectionRefusal(thrown, options, seen);
  } finally {
    signal?.removeEventListener('abort', stop);
    client.end();
  }
}

type OpenSftp = (done: (failed: Error | undefined, sftp: SFTPWrapper) => void) => void;

/** Somebody else answers, or does not let us in: nothing was sent then. */
function connectionRefusal(
  thrown: unknown,
  { user, hostKey }: SftpTargetOptions,
  seen: { readonly hostKey?: string },
): unknown {
  if (seen.hostKey !== undefined)
    return new TargetRefusal(
      `its host key is ${seen.hostKey} and not ${hostKey}, so that nothing was sent to it`,
      'Somebody else may answer. If the server was set up anew, compare `ssh-keygen -lf` there, then change hostKey in the configuration.',
    );
  if ((thrown as { level?: unknown }).level === 'client-authentication')
    return new TargetRefusal(
      `it does not let ${user} in with our key`,
      'See that the public key of privateKeyFile is in authorized_keys of that user.',
    );
  return thrown;
}

function ready(
  client: Client,
  { host, port, user, privateKey, hostKey }: SftpTargetOptions,
  seen: { hostKey?: string },
): Promise<void> {
  return new Promise((resolve) => {
    client.on('ready', resolve).connect({
      host,
      port,
      username: user,
      privateKey: privateKey.reveal(),
      readyTimeout: readyTimeoutMs,
      hostVerifier: (key: Buffer) => {
        const isRight = isSameHost(key, hostKey);
        if (!isRight) seen.hostKey = fingerprintOf(key);
        return isRight;
      },
    });
  });
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Compares the server's key with the fingerprint that the configuration pins (RFC 4251; OpenSSH's SHA256 form). */
function isSameHost(key: Buffer, fingerprint: string): boolean {
  const found = createHash('sha256').update(key).digest();
  const wanted = Buffer.from(fingerprint.replace(/^SHA256:/, ''), 'base64');
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
