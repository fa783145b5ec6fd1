import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eachAtOnce } from '../../base/at-once.ts';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { Secret } from '../../base/secret.ts';
import {
  keyOfKeystoreFile,
  keySetNameForm,
  keySetPaths,
  keystoreFile,
  secretFile,
} from '../../core/keys/key-set-paths.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { readRemoteKeys, remoteKeysText } from '../../core/keys/remote-keys.ts';

/** A key to be kept: what its files will hold. */
export interface NewKey {
  readonly pubkey: PublicKey;
  readonly keystore: string;
  readonly password: Secret;
}

export interface StoredKey {
  readonly keystore: string;
  /** Absent when its owner keeps it. */
  readonly password?: Secret;
}

const staging = '.staging-';
/** A flush waits for the disk, which serves several in one trip. */
const writesAtOnce = 8;

/** The key sets of a root, in `keys/`. Whoever changes one holds the lock on all of them. */
export class KeySetStore {
  private readonly folder: string;

  constructor(keysFolder: string) {
    this.folder = keysFolder;
  }

  async sets(): Promise<readonly string[]> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(absent);
    return entries
      .filter((entry) => entry.isDirectory() && keySetNameForm.test(entry.name))
      .map(({ name }) => name)
      .sort();
  }

  /** The keys of a set, by their keystores. Empty when there is no such set. */
  async keys(keySet: string): Promise<readonly PublicKey[]> {
    const names = await readdir(keySetPaths(this.folder, keySet).keystores).catch(absent);
    return names.flatMap((name) => keyOfKeystoreFile(name) ?? []).sort();
  }

  /** The keys of a set whose secrets a remote signer has. Throws when their list cannot be read. */
  async remoteKeys(keySet: string): Promise<readonly PublicKey[]> {
    const { remoteKeys } = keySetPaths(this.folder, keySet);
    const content = await readFile(remoteKeys, 'utf8').catch((cause: unknown) => {
      absent(cause);
      return remoteKeysText([]);
    });
    return readRemoteKeys(remoteKeys, content);
  }

  /** Keys that no set has and a remote signer does. */
  async addRemote(keySet: string, keys: readonly PublicKey[]): Promise<void> {
    const paths = keySetPaths(this.folder, keySet);
    await ensureFolder(paths.keystores);
    await ensureFolder(paths.secrets);
    const all = [...(await this.remoteKeys(keySet)), ...keys];
    await writeFileAtomic(paths.remoteKeys, remoteKeysText(all));
  }

  /** Which set every key is in, those of remote signers among them. */
  async holders(): Promise<ReadonlyMap<PublicKey, string>> {
    const holders = new Map(await this.owners());
    for (const keySet of await this.sets())
      for (const key of await this.remoteKeys(keySet)) holders.set(key, keySet);
    return holders;
  }

  /** Which set every key is in of which there is a keystore. */
  async owners(): Promise<ReadonlyMap<PublicKey, string>> {
    const owners = new Map<PublicKey, string>();
    for (const keySet of await this.sets())
      for (const key of await this.keys(keySet)) owners.set(key, keySet);
    return owners;
  }

  async read(keySet: string, key: PublicKey): Promise<StoredKey> {
    const paths = keySetPaths(this.folder, keySet);
    const keystore = await readFile(keystoreFile(paths, key), 'utf8');
    const password = await readFile(secretFile(paths, key), 'utf8').catch(() => undefined);
    return password === undefined ? { keystore } : { keystore, password: new Secret(password) };
  }

  /**
   * Adds keys that no set has. A key is in the set once its keystore has its name, which is the last step: killed at
   * any moment, each key is there with its password or not at all, and adding them again finishes it.
   */
  async add(keySet: string, keys: readonly NewKey[]): Promise<void> {
    const paths = keySetPaths(this.folder, keySet);
    await ensureFolder(paths.keystores);
    await ensureFolder(paths.secrets);
    for (const folder of [paths.folder, this.folder]) await syncFolder(folder);
    await this.mend(keySet);
    const stage = join(paths.folder, `${staging}${randomBytes(6).toString('hex')}`);
    await mkdir(stage, { mode: 0o700 });
    try {
      const work = async ({ pubkey, keystore, password }: NewKey) => {
        await writeSynced(join(stage, `${pubkey}.json`), keystore);
        await writeSynced(join(stage, pubkey), password.reveal());
      };
      await eachAtOnce(keys, { atOnce: writesAtOnce, work });
      for (const { pubkey } of keys) await rename(join(stage, pubkey), secretFile(paths, pubkey));
      await syncFolder(paths.secrets);
      for (const { pubkey } of keys) await rename(join(stage, `${pubkey}.json`), keystoreFile(paths, pubkey));
      await syncFolder(paths.keystores);
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  }

  /** Takes away what a killed `add` left behind: its stage, and passwords whose keystore never came. */
  async mend(keySet: string): Promise<void> {
    const paths = keySetPaths(this.folder, keySet);
    for (const name of await readdir(paths.folder).catch(absent)) {
      if (name.startsWith(staging)) await rm(join(paths.folder, name), { recursive: true, force: true });
    }
    const kept = new Set(await this.keys(keySet));
    for (const name of await readdir(paths.secrets).catch(absent)) {
      const key = readPublicKey(name);
      if (key === name && !kept.has(key)) await rm(join(paths.secrets, name), { force: true });
    }
  }
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function absent(cause: unknown): [] {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw cause;
}
