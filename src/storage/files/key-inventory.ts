import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOfKeystoreFile, keySetPaths } from '../../core/keys/key-set-paths.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import { readRemoteKeys } from '../../core/keys/remote-keys.ts';
import type { KeyInventory } from '../../core/node/journal-entry.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

const largestKeystoreBytes = 64 * 1024;

/**
 * Takes stock of keystores (EIP-2335 files in `keys/<set>/keystores/`), reading each only when it changed, and of the
 * keys that a remote signer has for a set.
 */
export class KeyCounter {
  private readonly keysPath: string;
  private readonly seen = new Map<string, { readonly version: string; readonly key: string }>();

  constructor(keysPath: string) {
    this.keysPath = keysPath;
  }

  pathOf(keySet: string): string {
    return keySetPaths(this.keysPath, keySet).folder;
  }

  /** Throws when a set's folder or a keystore in it cannot be read. */
  async count(keySets: readonly string[]): Promise<KeyInventory> {
    const lists = await Promise.all(keySets.map((set) => this.keysOf(set)));
    const keys = [...new Set(lists.flat())].sort();
    return {
      count: keys.length,
      fingerprint: createHash('sha256').update(keys.join()).digest('hex').slice(0, 16),
      keys: keys.map((key) => key.replace(/^0x/, '').slice(0, 16)),
    };
  }

  /** The public keys of these sets, each once. Throws as `count`. */
  async publicKeys(keySets: readonly string[]): Promise<readonly PublicKey[]> {
    const lists = await Promise.all(keySets.map((set) => this.keysOf(set)));
    return [...new Set(lists.flat().flatMap((key) => readPublicKey(key) ?? []))].sort();
  }

  /** Keys that are with a remote signer alone. Throws as `count`. */
  async remoteOnly(keySets: readonly string[]): Promise<readonly PublicKey[]> {
    const remote = await Promise.all(
      keySets.map((set) => keysWithSigner(keySetPaths(this.keysPath, set).remoteKeys)),
    );
    if (remote.flat().length === 0) return [];
    const here = await Promise.all(
      keySets.map((set) => this.keysIn(keySetPaths(this.keysPath, set).keystores)),
    );
    const local = new Set(here.flat());
    return [...new Set(remote.flat())].filter((key) => !local.has(key)).sort();
  }

  private async keysOf(keySet: string): Promise<readonly string[]> {
    const { keystores, remoteKeys } = keySetPaths(this.keysPath, keySet);
    return [...(await this.keysIn(keystores)), ...(await keysWithSigner(remoteKeys))];
  }

  private async keysIn(folder: string): Promise<readonly string[]> {
    const names = (await readdir(folder)).filter((name) => keyOfKeystoreFile(name) !== undefined);
    return Promise.all(names.map((name) => this.keyOf(join(folder, name))));
  }

  private async keyOf(file: string): Promise<string> {
    const { size, mtimeMs } = await lstat(file);
    const version = `${size} ${mtimeMs}`;
    const before = this.seen.get(file);
    if (before?.version === version) return before.key;
    if (size > largestKeystoreBytes) throw invalid(file, 'it is too large');
    const key = publicKeyIn(await readFile(file, 'utf8'));
    if (key === undefined) throw invalid(file, 'it names no public key');
    this.seen.set(file, { version, key });
    return key;
  }
}

async function keysWithSigner(file: string): Promise<readonly PublicKey[]> {
  const content = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  return content === undefined ? [] : readRemoteKeys(file, content);
}

function invalid(file: string, reason: string): Error {
  return nodeStoreErrors.create('EPH-STORE-KEYSTORE-INVALID', { file, reason });
}

function publicKeyIn(content: string): string | undefined {
  try {
    const { pubkey } = JSON.parse(content) as { pubkey?: unknown };
    return typeof pubkey === 'string' ? readPublicKey(pubkey) : undefined;
  } catch {
    return undefined;
  }
}
