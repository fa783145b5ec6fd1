import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { keyPlacesOf } from '../../core/clients/key-places.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** Of the laid out content of a backup only these sets. */
export async function leaveOnly(staged: string, keySets: readonly string[]): Promise<void> {
  for (const folder of ['nodes', 'config']) await rm(join(staged, folder), { recursive: true, force: true });
  for (const name of await namesIn(join(staged, 'keys'))) {
    if (!keySets.includes(name)) await rm(join(staged, 'keys', name), { recursive: true, force: true });
  }
}

/** Stores of clients come back without the keys that lay in them: those of its sets are in the sets. */
export async function dropCopies(
  paths: RootPaths,
  staged: string,
  clients: readonly ClientDefinition[],
): Promise<void> {
  const within = { ...paths, nodes: join(staged, 'nodes'), keys: join(staged, 'keys') };
  for (const node of await namesIn(within.nodes)) {
    await giveToken(paths, within, node);
    await new FileNodeStore(within, node).withdrawKeys({ places: keyPlacesOf(clients) });
  }
}

/** With which wallets of it are opened, where an older backup has none. */
async function giveToken(from: RootPaths, to: RootPaths, node: string): Promise<void> {
  const name = join(node, 'secrets', 'keymanager-token');
  const token = await readFile(join(from.nodes, name)).catch(() => undefined);
  if (token === undefined) return;
  const place = join(to.nodes, name);
  await makeFolders(dirname(place), 0o700);
  await writeFile(place, token, { mode: 0o600, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
}

/** Whether the backup has a configuration. */
export function hasConfig(staged: string): Promise<boolean> {
  return stat(join(staged, 'config', 'ephemery.yaml')).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
