import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mostBackupEntries } from '../core/backup/manifest.ts';

/** A file that goes into a backup. */
export interface GatheredFile {
  /** In the backup, with forward slashes. */
  readonly path: string;
  readonly source: string;
  /** Instead of what the source has. */
  readonly content?: string;
}

/** What of a root is backed up: what cannot be made again. Chain data, releases and logs can. The token of the keymanager
 * API opens wallets, too. */
const rooted: readonly { readonly under: string; readonly folder: RegExp }[] = [
  // What an import lays out in a set is not in it yet.
  { under: 'keys', folder: /^keys\/[^/.][^/]*(?:$|\/(?!\.staging-))/ },
  {
    under: 'nodes',
    folder:
      /^nodes\/[^/]+(?:\/(?:(?:identity|protection|found-keys|signer-protection)(?:\/|$)|(?:signing|validator-programs)\.json$|secrets(?:$|\/keymanager-token$))|$)/,
  },
];

const deepest = 12;

/**
 * Lists the files of a backup: key sets whole, node identities and slashing protection. Links and other
 * special files are passed over: nothing of ours is one.
 */
export async function gatherFiles(root: string): Promise<readonly GatheredFile[]> {
  const found: GatheredFile[] = [];
  for (const { under, folder } of rooted) {
    await walk({ root, path: under, depth: 0 }, folder, found);
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function walk(
  at: { readonly root: string; readonly path: string; readonly depth: number },
  wanted: RegExp,
  found: GatheredFile[],
): Promise<void> {
  if (at.depth > deepest || found.length > mostBackupEntries)
    throw new RangeError(`${at.path} is too deep or too large`);
  for (const name of await namesIn(join(at.root, at.path))) {
    const path = `${at.path}/${name}`;
    if (!wanted.test(path) || name.endsWith('.tmp') || name.endsWith('.opening')) continue;
    const source = join(at.root, path);
    // A client may take away a file of its own at this moment.
    const facts = await lstat(source).catch(absent);
    if (facts === undefined) continue;
    if (facts.isDirectory()) await walk({ root: at.root, path, depth: at.depth + 1 }, wanted, found);
    else if (facts.isFile() && at.depth > 0) found.push({ path, source });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    return absent(thrown) ?? [];
  }
}

function absent(thrown: unknown): undefined {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
}
