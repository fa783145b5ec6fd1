import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { checksum, decodeHead, encodeRecord, recordHeadSize, recordKinds } from './chain-record.ts';
import type { ChainStore } from './store.ts';

/** Notes as files of one record each (chain-record.ts) in a folder, whose half-written leftovers are removed. */
export async function openFileNotes(folder: string): Promise<Pick<ChainStore, 'writeNote' | 'readNote'>> {
  await makeFolders(folder, 0o700);
  for (const file of await readdir(folder)) {
    if (file.endsWith('.tmp')) await rm(join(folder, file), { force: true });
  }
  return {
    writeNote: (name, bytes) => writeFileAtomic(join(folder, name), encodeRecord(recordKinds.note, bytes)),
    async readNote(name) {
      const record = await readFile(join(folder, name)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return undefined;
        throw cause;
      });
      return record === undefined ? undefined : (bodyOf(record) ?? 'damaged');
    },
  };
}

function bodyOf(record: Buffer): Uint8Array | undefined {
  if (record.length < recordHeadSize) return undefined;
  const head = decodeHead(record);
  const body = record.subarray(recordHeadSize);
  const isWhole = head?.kind === recordKinds.note && head.length === body.length;
  return isWhole && head.checksum === checksum(body) ? body : undefined;
}
