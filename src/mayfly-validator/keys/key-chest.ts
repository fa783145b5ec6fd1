import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import { keystoreFile, secretFile } from '../../core/keys/key-set-paths.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { type KeySource, keySetSource, openKeys } from './key-source.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';

/**
 * The keys of this client: those of its key sets, and those that were imported over the API, which it keeps in a
 * key set of its own unless one of its sets has them already. A key set's files belong to whoever gave them: a key
 * that is deleted over the API is left where it is and remembered as not to be used, and one that leaves its set is
 * not there any more at the next start, however it came in.
 */
export class KeyChest {
  private readonly dataFolder: string;
  private readonly sources: readonly KeySource[];
  private readonly keys = new Map<PublicKey, SigningKey>();
  private readonly feeRecipients = new Map<PublicKey, string>();
  private readonly putAway: Set<PublicKey>;

  private constructor(dataFolder: string, sources: readonly KeySource[], putAway: Set<PublicKey>) {
    this.dataFolder = dataFolder;
    this.sources = sources;
    this.putAway = putAway;
  }

  /** @throws EPH-MAYFLY-VALIDATOR-KEY-FILE, EPH-KEYS-* */
  static async open(dataFolder: string, sources: readonly KeySource[]): Promise<KeyChest> {
    const imported = importedSource(dataFolder);
    await ensureFolder(imported.keystores);
    await ensureFolder(imported.secrets);
    const chest = new KeyChest(dataFolder, sources, await readPutAway(dataFolder));
    for (const source of [...sources, imported]) {
      for (const key of await openKeys(source)) chest.add(key, source);
    }
    return chest;
  }

  get size(): number {
    return this.keys.size;
  }

  has(key: PublicKey): boolean {
    return this.keys.has(key);
  }

  get(key: PublicKey): SigningKey | undefined {
    return this.keys.get(key);
  }

  all(): readonly SigningKey[] {
    return [...this.keys.values()];
  }

  publicKeys(): readonly PublicKey[] {
    return [...this.keys.keys()];
  }

  /** What the source of a key says of it. */
  settingsOf(key: PublicKey): { readonly feeRecipient?: string } {
    const feeRecipient = this.feeRecipients.get(key);
    return feeRecipient === undefined ? {} : { feeRecipient };
  }

  /** Opens a keystore and keeps it; `duplicate` when the key is here already. @throws EPH-KEYS-* */
  async import(text: string, password: Secret): Promise<'imported' | 'duplicate'> {
    const key = await openSigningKey('the keystore', text, password);
    if (this.keys.has(key.publicKey)) return 'duplicate';
    const source = await this.sourceOf(key.publicKey);
    if (source === undefined) {
      const paths = importedSource(this.dataFolder);
      await writeFileAtomic(secretFile(paths, key.publicKey), password.reveal());
      await writeFileAtomic(keystoreFile(paths, key.publicKey), text);
    }
    if (this.putAway.delete(key.publicKey)) await this.writePutAway();
    this.add(key, source ?? importedSource(this.dataFolder));
    return 'imported';
  }

  /** Signs with it no more, now and after a restart. False when it was not here. */
  async remove(key: PublicKey): Promise<boolean> {
    if (!this.keys.delete(key)) return false;
    this.putAway.add(key);
    await this.writePutAway();
    const paths = importedSource(this.dataFolder);
    await rm(keystoreFile(paths, key), { force: true });
    await rm(secretFile(paths, key), { force: true });
    return true;
  }

  /** The key set that came to have this key after we were started. */
  private async sourceOf(key: PublicKey): Promise<KeySource | undefined> {
    for (const source of this.sources) {
      if ((await readdir(source.keystores)).includes(`${key}.json`)) return source;
    }
    return undefined;
  }

  private add(key: SigningKey, { feeRecipient }: KeySource): void {
    if (this.putAway.has(key.publicKey) || this.keys.has(key.publicKey)) return;
    this.keys.set(key.publicKey, key);
    if (feeRecipient !== undefined) this.feeRecipients.set(key.publicKey, feeRecipient);
  }

  private writePutAway(): Promise<void> {
    return writeFileAtomic(putAwayFile(this.dataFolder), `${[...this.putAway].join('\n')}\n`);
  }
}

function importedSource(dataFolder: string) {
  return keySetSource(join(dataFolder, 'imported'));
}

function putAwayFile(dataFolder: string): string {
  return join(dataFolder, 'deleted-keys.txt');
}

async function readPutAway(dataFolder: string): Promise<Set<PublicKey>> {
  const path = putAwayFile(dataFolder);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  });
  const keys = text.split('\n').map(readPublicKey);
  return new Set(keys.filter((key) => key !== undefined));
}
