import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import { directoryTarget } from '../../backup/targets/directory-target.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';
import { messageOf } from '../../base/errors.ts';
import type { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import type { Config } from '../../config/schema.ts';

export type BackupConfig = NonNullable<Config['backup']>;
type TargetConfig = BackupConfig['targets'][number];

export interface TargetContext {
  /** Relative paths count from here. */
  readonly folder: string;
  readonly http: Pick<HttpClient, 'request'>;
}

export function keepOf(settings: BackupConfig | undefined) {
  return settings && { count: settings.keep.count, ageMs: settings.keep.age };
}

/** Opens the targets of a configuration. Throws EPH-BACKUP-TARGET when a file of credentials is not fit for use. */
export function openTargets(
  targets: readonly TargetConfig[],
  context: TargetContext,
): Promise<readonly BackupTarget[]> {
  return Promise.all(targets.map((target) => openTarget(target, context)));
}

async function openTarget(target: TargetConfig, { folder, http }: TargetContext): Promise<BackupTarget> {
  switch (target.kind) {
    case 'directory':
      return directoryTarget(resolve(folder, target.path));
    case 's3': {
      const { s3Target } = await import('../../backup/targets/s3-target.ts');
      const credentials = credentialsIn(
        await targetFile(resolve(folder, target.credentialsFile)),
        target.bucket,
      );
      const { endpoint, region, bucket, prefix } = target;
      return s3Target({ endpoint, region, bucket, prefix, credentials, http });
    }
    case 'sftp': {
      const { sftpTarget } = await import('../../backup/targets/sftp-target.ts');
      const privateKey = new Secret(await targetFile(resolve(folder, target.privateKeyFile)));
      const { host, port, user, path, hostKey } = target;
      return sftpTarget({ host, port, user, folder: path, hostKey, privateKey });
    }
  }
}

/** The file of a passphrase or an identity: refused when others can read it, because then it is no secret. Throws EPH-BACKUP-SECRET-FILE. */
export async function ownFile(file: string): Promise<string> {
  try {
    return await readOwn(file);
  } catch (cause) {
    throw backupErrors.create('EPH-BACKUP-SECRET-FILE', { file, reason: reasonOf(cause) }, cause);
  }
}

/** The same, of what a target is reached with. Throws EPH-BACKUP-TARGET. */
async function targetFile(file: string): Promise<string> {
  try {
    return await readOwn(file);
  } catch (cause) {
    throw backupErrors.create('EPH-BACKUP-TARGET', { target: file, reason: reasonOf(cause) }, cause);
  }
}

async function readOwn(file: string): Promise<string> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) throw new TypeError('others may read it');
  return readFile(file, 'utf8');
}

function reasonOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : messageOf(cause);
}

function credentialsIn(text: string, bucket: string) {
  const value = (name: string) =>
    new RegExp(`^\\s*(?:aws_)?${name}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1];
  const accessKeyId = value('access_key_id');
  const secretAccessKey = value('secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const reason = 'its credentials file lacks access_key_id or secret_access_key';
    throw backupErrors.create('EPH-BACKUP-TARGET', { target: bucket, reason });
  }
  return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
}
