import { shownUrl } from '../../base/http-url.ts';
import { listSignerKeys } from '../../chain/http/signer-keys.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { type BackupServices, backUpBefore } from '../backup/backup-before.ts';
import { keyUseErrors } from './errors.ts';
import type { ImportKeysReport, ImportKeysWish } from './import-keys.ts';
import { checkedSetName, keySetStore, withKeyLockAfterBackup } from './key-sets.ts';
import { type KeyWatch, waiting } from './open-keys.ts';

/** A signer with thousands of keys needs a while to write them down. */
const listTimeoutMs = 15_000;

/**
 * Writes down which keys a remote signer has, so that they are owned, quiet-checked and watched as all others. Their
 * secrets stay where they are. Throws EPH-KEYS-SIGNER-LIST, EPH-KEYS-SET-NAME, EPH-ROOT-LOCKED, EPH-BACKUP-BEFORE.
 */
export async function importRemoteKeys(
  services: BackupServices,
  wish: Pick<ImportKeysWish, 'from' | 'keySet' | 'dryRun' | 'backup'>,
  watch: KeyWatch,
): Promise<ImportKeysReport> {
  const { from, dryRun } = wish;
  const keySet = checkedSetName(wish.keySet);
  watch.onProgress('Asking the signer for its keys');
  const listed = await listSignerKeys(from, listTimeoutMs);
  if (!listed.known)
    throw keyUseErrors.create('EPH-KEYS-SIGNER-LIST', { url: shownUrl(from), reason: listed.reason });
  watch.signal.throwIfAborted();
  const act = async () => {
    const store = keySetStore(services.paths);
    const holders = await store.holders();
    const keys = [...new Set(listed.value)].sort();
    const fresh = keys.filter((key) => !holders.has(key));
    let backup: string | undefined;
    if (!dryRun && fresh.length > 0) {
      backup = await backUpBefore(services, { ...wish.backup, purpose: 'keys import' }, watch);
      await store.addRemote(keySet, fresh);
    }
    return {
      from: shownUrl(from),
      keySet,
      dryRun,
      new: fresh.map((pubkey) => ({ pubkey, path: 'kept by the signer' })),
      known: keys.flatMap((pubkey) => knownIn(holders, pubkey)),
      broken: [],
      foreign: [],
      ...(backup === undefined ? {} : { backup }),
    };
  };
  return withKeyLockAfterBackup(services, 'keys import', { act, ...waiting(watch) });
}

function knownIn(holders: ReadonlyMap<PublicKey, string>, pubkey: PublicKey) {
  const keySet = holders.get(pubkey);
  return keySet === undefined ? [] : [{ pubkey, keySet }];
}
