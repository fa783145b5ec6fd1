import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import type { ExportLayout } from '../../core/keys/export-layout.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { Services } from '../services.ts';
import { keyUseErrors } from './errors.ts';
import { exportFiles, placesOf } from './export-layouts.ts';
import { chosenKeys, type KeyChoice, type KeyServices, keySetStore } from './key-sets.ts';
import { writablePath } from './output-files.ts';

export interface ExportKeysWish {
  readonly choice: KeyChoice;
  /** Must not be there yet. */
  readonly out: string;
  readonly layout: ExportLayout;
}

export interface ExportKeysReport {
  readonly folder: string;
  readonly layout: ExportLayout;
  readonly keys: readonly PublicKey[];
  /** Their owner keeps their passwords, so none was written. */
  readonly withoutPassword: readonly PublicKey[];
}

/**
 * Copies keys out, in the layout of a client. The keys stay: to run the copies elsewhere while they run here is to be
 * slashed. Throws EPH-KEYS-NONE, EPH-KEYS-NO-SET, EPH-KEYS-NOT-HERE, EPH-KEYS-OUTPUT-EXISTS and
 * EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function exportKeys(
  services: KeyServices & Pick<Services, 'clients'>,
  wish: ExportKeysWish,
  signal: AbortSignal,
): Promise<ExportKeysReport> {
  const layout = placesOf(wish.layout, services.clients);
  const store = keySetStore(services.paths);
  const places = await chosenKeys(store, wish.choice);
  if (places.length === 0)
    throw keyUseErrors.create('EPH-KEYS-NONE', { withSigner: (await store.holders()).size });
  const folder = await writablePath(services.host, wish.out);
  const stage = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  const withoutPassword: PublicKey[] = [];
  try {
    for (const { keySet, key } of places) {
      signal.throwIfAborted();
      const stored = await store.read(keySet, key);
      if (stored.password === undefined) withoutPassword.push(key);
      for (const { path, content } of exportFiles(layout, key, stored)) {
        await ensureFolder(dirname(join(stage, path)));
        await writeFileAtomic(join(stage, path), content);
      }
    }
    await rename(stage, folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    await rm(stage, { recursive: true, force: true });
    throw cause;
  }
  return { folder, layout: wish.layout, keys: places.map(({ key }) => key), withoutPassword };
}
