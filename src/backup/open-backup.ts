import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { ensureFolder, joinInside } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import {
  type BackupManifest,
  manifestName,
  mostBackupEntries,
  parseManifest,
} from '../core/backup/manifest.ts';
import { backupErrors } from './errors.ts';
import { type BackupKey, decrypterFor, notOpened } from './lock.ts';

/** A keystore is 1 kB and a protection database some MB: what is far larger is none of ours. */
const backupLimits = { fileBytes: 1 << 30, totalBytes: 8 * 2 ** 30 } as const;

export interface OpenBackupOptions {
  /** The locked file. */
  readonly file: string;
  /** For messages. */
  readonly name: string;
  readonly key: BackupKey;
  /** An empty folder, 0700, that the content is laid out in. */
  readonly into: string;
  readonly signal?: AbortSignal;
}

/**
 * Unlocks a backup into a folder and holds every file against the manifest. Only plain files under `keys/`,
 * `nodes/` and `config/` are taken. Throws EPH-BACKUP-NOT-OPENED, EPH-BACKUP-DAMAGED; the folder is then of no use.
 */
export async function openBackup(options: OpenBackupOptions): Promise<BackupManifest> {
  const { file, name, key, signal } = options;
  const decrypter = await decrypterFor(key, name);
  const locked = createReadStream(file);
  const plain = await decrypter
    .decrypt(Readable.toWeb(locked) as ReadableStream<Uint8Array>)
    .catch((thrown: unknown) => {
      locked.destroy();
      throw notOpened(thrown, name);
    });
  const layout = new Layout(options);
  const { extract: newExtract } = await import('tar-stream');
  const extract = newExtract();
  try {
    const reading = pipeline(
      Readable.fromWeb(plain as unknown as WebStream),
      extract,
      ...(signal === undefined ? [] : [{ signal }]),
    );
    const taking = (async () => {
      for await (const entry of extract) await layout.take(entry.header, entry as AsyncIterable<Buffer>);
    })();
    await Promise.all([reading, taking]);
  } catch (thrown) {
    locked.destroy();
    extract.destroy();
    if (signal?.aborted === true) throw signal.reason;
    throw layout.damaged(thrown);
  }
  return layout.complete();
}

const places = /^(?:keys|nodes|config)\//;

/** Lays files out in a folder and remembers what came. */
class Layout {
  private readonly options: OpenBackupOptions;
  private readonly seen = new Map<string, { readonly bytes: number; readonly sha256: string }>();
  private manifest: BackupManifest | undefined;
  private totalBytes = 0;

  constructor(options: OpenBackupOptions) {
    this.options = options;
  }

  damaged(thrown: unknown): unknown {
    if (thrown instanceof Error && 'facts' in thrown) return thrown;
    return this.damage(messageOf(thrown), thrown);
  }

  /** The manifest, once everything that it lists has come, and nothing else. */
  complete(): BackupManifest {
    const { manifest, seen } = this;
    if (manifest === undefined) throw this.damage('its end is missing');
    for (const { path, bytes, sha256 } of manifest.entries) {
      const file = seen.get(path);
      if (file === undefined) throw this.damage(`${path} is missing`);
      if (file.bytes !== bytes || file.sha256 !== sha256) throw this.damage(`${path} was altered`);
    }
    if (seen.size !== manifest.entries.length) throw this.damage('it holds files that it does not list');
    return manifest;
  }

  async take(
    header: { readonly name: string; readonly type?: string | null; readonly size?: number },
    content: AsyncIterable<Buffer>,
  ): Promise<void> {
    const { name } = header;
    const bytes = header.size ?? 0;
    this.totalBytes += bytes;
    if (this.manifest !== undefined) throw this.damage('something follows its manifest');
    if (header.type !== 'file') throw this.damage(`${name} is no plain file`);
    if (
      bytes > backupLimits.fileBytes ||
      this.totalBytes > backupLimits.totalBytes ||
      this.seen.size >= mostBackupEntries
    )
      throw this.damage('it is larger than any backup of ours');
    if (name === manifestName) {
      this.manifest = parseManifest(JSON.parse(await textOf(content)));
      return;
    }
    const path = places.test(name) ? joinInside(this.options.into, name) : undefined;
    if (path === undefined || this.seen.has(name)) throw this.damage(`${name} has no place in a backup`);
    await ensureFolder(dirname(path));
    this.seen.set(name, { bytes, sha256: await write(path, content) });
  }

  private damage(problem: string, cause?: unknown) {
    return backupErrors.create('EPH-BACKUP-DAMAGED', { backup: this.options.name, problem }, cause);
  }
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** Hex SHA-256 of what was written; flushed, because a restore renames it into its place. */
async function write(path: string, content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const part of content) {
      hash.update(part);
      await file.write(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
