import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { keyPlacesOf } from '../../core/clients/key-places.ts';
import { givenStore } from '../../core/node/protection-choice.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** Of the laid out content of a backup only these sets. */
export async function leaveOnly(staged: string, keySets: readonly string[]): Promise<void> {
  for (const folder of ['nodes', 'config']) await rm(join(staged, folder), { recursive: true, force: true });
  for (const name of await namesIn(join(staged, 'keys'))) {
    if (!keySets.includes(name)) await rm(join(staged, 'keys', name), { recursive: true, force: true });
  }
}

/**
 * What stands for a store that its client wrote into when the backup was made is of no use where that store is here still:
 * it has all of that, and more.
 */
export async function dropStandIns({ nodes }: Pick<RootPaths, 'nodes'>, staged: string): Promise<void> {
  for (const node of await namesIn(join(staged, 'nodes'))) {
    const protection = join(node, 'protection');
    for (const network of await namesIn(join(staged, 'nodes', protection))) {
      const here = await namesIn(join(nodes, protection, network));
      const folder = join(staged, 'nodes', protection, network);
      for (const store of await namesIn(folder)) {
        const isKnown = here.some((each) => numberOf(each) === numberOf(store));
        if (store.startsWith(`${givenStore}-`) && isKnown)
          await rm(join(folder, store), { recursive: true, force: true });
      }
    }
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
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
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

function numberOf(store: string): string {
  return store.slice(store.lastIndexOf('-') + 1);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
