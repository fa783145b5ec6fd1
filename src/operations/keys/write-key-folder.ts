import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import type { DepositDataEntry } from '../../core/keys/deposit-data.ts';
import type { NewKey } from '../../keys/store/key-set-store.ts';
import type { KeyServices } from './key-sets.ts';

export interface KeyFolder {
  readonly folder: string;
  readonly keys: readonly NewKey[];
  /** EIP-2334, one a key. */
  readonly paths: readonly string[];
  /** One password that its owner has: it is not written. */
  readonly sharesPassword: boolean;
  readonly deposits?: readonly DepositDataEntry[] | undefined;
}

/**
 * Writes what the public deposit tool would: keystores named after their paths, and deposit data; passwords of their own
 * beside, in Teku's layout. The folder appears whole or not at all. Gives the deposit file's path, if there is one.
 */
export async function writeKeyFolder(
  { clock }: KeyServices,
  content: KeyFolder,
): Promise<string | undefined> {
  const { folder, keys, paths, sharesPassword, deposits } = content;
  const seconds = Math.floor(clock.nowMs() / 1000);
  const stage = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    for (const [at, { keystore, password }] of keys.entries()) {
      const name = `keystore-${(paths[at] ?? `m_${at}`).replaceAll('/', '_')}-${seconds}`;
      await writeFileAtomic(join(stage, `${name}.json`), keystore);
      if (!sharesPassword) await writeFileAtomic(join(stage, `${name}.txt`), password.reveal());
    }
    const depositName = `deposit_data-${seconds}.json`;
    if (deposits !== undefined) await writeFileAtomic(join(stage, depositName), JSON.stringify(deposits));
    await rename(stage, folder);
    await syncFolder(dirname(folder));
    return deposits === undefined ? undefined : join(folder, depositName);
  } catch (cause) {
    await rm(stage, { recursive: true, force: true });
    throw cause;
  }
}
