import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { Pack } from 'tar-stream';
import { takeBack } from '../base/take-back.ts';
import {
  type BackupEntry,
  type BackupManifest,
  type BehindProtection,
  manifestName,
} from '../core/backup/manifest.ts';
import type { GatheredFile } from './gather.ts';
import { type BackupLock, encrypterFor } from './lock.ts';

export interface WriteBackupOptions {
  /** They are read in this order. */
  readonly files: readonly GatheredFile[];
  readonly behind?: readonly BehindProtection[];
  readonly lock: BackupLock;
  readonly createdAtMs: number;
  readonly version: string;
  /** Where the locked file is made, 0600. Nothing unlocked ever touches the disk. */
  readonly into: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes one locked file with everything in it, its manifest last: a backup that was cut short has none. Removes
 * its own leftovers when it fails. Rejects with the system's error, or the signal's reason.
 */
export async function writeBackup(options: WriteBackupOptions): Promise<BackupManifest> {
  const { lock, into, signal } = options;
  const encrypter = await encrypterFor(lock);
  const { pack: newPack } = await import('tar-stream');
  const pack = newPack();
  let out: WriteStream | undefined;
  try {
    const filling = fill(pack, options);
    // It may fail while the lock is still being made: nobody waits for it yet, and the process would end of it.
    filling.catch(() => undefined);
    const locked = await encrypter.encrypt(Readable.toWeb(Readable.from(pack)) as ReadableStream<Uint8Array>);
    out = createWriteStream(into, { flags: 'wx', mode: 0o600 });
    const writing = pipeline(
      Readable.fromWeb(locked as unknown as WebStream),
      out,
      ...(signal === undefined ? [] : [{ signal }]),
    );
    const [manifest] = await Promise.all([filling, writing]);
    await flush(into);
    return manifest;
  } catch (cause) {
    pack.destroy();
    if (out !== undefined) await takeBack(out, into);
    throw cause;
  }
}

async function fill(
  pack: Pack,
  { files, createdAtMs, version, behind = [], signal }: WriteBackupOptions,
): Promise<BackupManifest> {
  try {
    const entries: BackupEntry[] = [];
    for (const { path, source, content: given } of files) {
      signal?.throwIfAborted();
      const content = given === undefined ? await readFile(source) : Buffer.from(given);
      await add(pack, path, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      entries.push({ path, bytes: content.length, sha256 });
    }
    const manifest: BackupManifest = { format: 1, createdAtMs, version, entries, behind };
    await add(pack, manifestName, Buffer.from(JSON.stringify(manifest)));
    pack.finalize();
    return manifest;
  } catch (cause) {
    pack.destroy(cause as Error);
    throw cause;
  }
}

function add(pack: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    // Dates are left out: two backups of the same keys differ in nothing but their lock.
    pack.entry({ name, mode: 0o600, mtime: new Date(0), size: content.length }, content, (failed) =>
      failed ? reject(failed) : resolve(),
    );
  });
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
