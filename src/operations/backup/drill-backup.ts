import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupKey } from '../../backup/lock.ts';
import { openBackup } from '../../backup/open-backup.ts';
import { type ProveKeysOptions, proveKeys } from '../../backup/prove-keys.ts';
import { keysIn } from '../../core/backup/difference.ts';
import { beginBackupWork } from '../../storage/files/backup-work.ts';
import type { Services } from '../services.ts';
import type { ChosenBackup } from './choose-backup.ts';
import { heldKeys } from './held-keys.ts';

export interface DrillReport {
  readonly backup: string;
  readonly createdAtMs: number;
  readonly files: number;
  /** Keys that were opened with their secrets, and are those that they should be. */
  readonly proven: number;
  /** Keys of remote signers, of which a backup has the public keys alone. */
  readonly remote: number;
}

/**
 * Restores a backup into a scratch folder, proves every file and key in it, and removes the folder again. Changes
 * nothing else. Throws EPH-BACKUP-* and EPH-KEYS-REMOTE-LIST.
 */
export async function drillBackup(
  { paths }: Pick<Services, 'paths'>,
  request: {
    readonly backup: ChosenBackup;
    readonly key: BackupKey;
    readonly publicKeyOf: ProveKeysOptions['publicKeyOf'];
    readonly signal?: AbortSignal;
    readonly onStep?: (doing: string) => void;
  },
): Promise<DrillReport> {
  const { backup, key, publicKeyOf, signal, onStep } = request;
  const work = await beginBackupWork(paths, 'scratch');
  const into = work.path;
  const common = signal === undefined ? {} : { signal };
  try {
    await mkdir(into, { mode: 0o700 });
    onStep?.(`opening ${backup.name}`);
    const manifest = await openBackup({ file: backup.file, name: backup.name, key, into, ...common });
    const proven = await proveKeys({
      backup: backup.name,
      keysFolder: join(into, 'keys'),
      keys: keysIn(manifest),
      publicKeyOf,
      onProgress: (done, all) => onStep?.(`proving keys: ${done} of ${all}`),
      ...common,
    });
    const held = [...(await heldKeys(join(into, 'keys'))).values()];
    return {
      backup: backup.name,
      createdAtMs: manifest.createdAtMs,
      files: manifest.entries.length,
      proven,
      remote: held.reduce((sum, keys) => sum + keys.remote.length, 0),
    };
  } finally {
    await work.end();
  }
}
