import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { filesUnder, keysHeld, safeKeys, walletPasswordName } from './key-copies.ts';
import type { RootPaths } from './root-paths.ts';

/** A folder of a node with keys that no key set has, or had when they were put there. */
export interface FoundKeys {
  readonly node: string;
  readonly folder: string;
  /** Keys in it that are in no key set now. */
  readonly keys: readonly PublicKey[];
  /** Wallets and keystores that do not say which keys they hold. */
  readonly unread: number;
  /** What opens the wallets in it. */
  readonly passwordFile?: string;
}

/** What was put aside of all nodes, as long as somebody has to look after it: not what has been imported meanwhile. */
export async function foundKeys(paths: Pick<RootPaths, 'nodes' | 'keys'>): Promise<readonly FoundKeys[]> {
  const folders = [];
  for (const node of await namesIn(paths.nodes)) {
    const all = join(paths.nodes, node, 'found-keys');
    for (const name of await namesIn(all)) folders.push({ node, folder: join(all, name) });
  }
  if (folders.length === 0) return [];
  const safe = await safeKeys(paths.keys);
  const found = await Promise.all(folders.map((each) => foundIn(each, safe)));
  return found.filter(({ keys, unread }) => keys.length + unread > 0);
}

async function foundIn(
  { node, folder }: Pick<FoundKeys, 'node' | 'folder'>,
  safe: ReadonlySet<PublicKey>,
): Promise<FoundKeys> {
  const keys = new Set<PublicKey>();
  let unread = 0;
  for (const file of await filesUnder(dirname(folder), basename(folder))) {
    const held = file.endsWith('.json') ? await keysHeld(join(dirname(folder), file), {}) : [];
    if (held === 'unknown') unread += 1;
    else for (const key of held) if (key !== undefined && !safe.has(key)) keys.add(key);
  }
  const passwordFile = join(folder, walletPasswordName);
  const hasPassword = unread > 0 && (await isFile(passwordFile));
  return { node, folder, keys: [...keys], unread, ...(hasPassword ? { passwordFile } : {}) };
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
