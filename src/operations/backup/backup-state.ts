import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';

const state = z.object({
  /** The last one that reached every target. */
  lastBackup: z.object({ name: z.string(), atMs: z.number() }).optional(),
  lastDrill: z.object({ backup: z.string(), atMs: z.number(), proven: z.number() }).optional(),
});

/** What is remembered of backups over restarts: only when they were made. */
export type BackupState = z.output<typeof state>;

/** A file that is missing or unreadable says that nothing is known: a backup too many does no harm. */
export async function readBackupState(file: string): Promise<BackupState> {
  try {
    return state.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

export async function writeBackupState(file: string, value: BackupState): Promise<void> {
  await ensureFolder(dirname(file));
  await writeFileAtomic(file, `${JSON.stringify(value)}\n`);
}
