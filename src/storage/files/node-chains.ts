import { constants } from 'node:fs';
import { copyFile, lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, syncTree, writeFileAtomic } from '../../base/atomic-files.ts';
import { makeFolders } from '../../base/make-folders.ts';
import type { IdentityFile } from '../../core/clients/client.ts';
import { identityName, type NetworkIdentity } from '../../core/network/identity.ts';
import { networkIdentity } from '../../core/node/journal-shapes.ts';
import type { ChainFolder } from '../../core/node/observed.ts';
import type { ClientPlace } from '../node-store.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

const folderPattern = /^\d{1,9}-[0-9a-f]{8}(-\d{1,4})?$/;
const clientPattern = /^(execution|consensus)\.[a-z0-9][a-z0-9-]*$/;
const markerName = 'network.json';
const largestMarkerBytes = 4096;
const removingPrefix = '.removing-';

/** The chain folders of one node: `chains/<iteration>-<id8>[-n]/<layer>.<client>/`. */
export class NodeChains {
  private readonly root: string;
  private readonly identityPath: string;

  constructor(nodePath: string) {
    this.root = join(nodePath, 'chains');
    this.identityPath = join(nodePath, 'identity');
  }

  async list(): Promise<readonly ChainFolder[]> {
    const names = (await entriesOf(this.root)).filter((name) => folderPattern.test(name)).sort();
    const folders = await Promise.all(names.map((name) => this.read(name)));
    return folders.filter((folder) => folder !== undefined);
  }

  clientPath({ folder, client }: ClientPlace): string {
    if (!folderPattern.test(folder) || !clientPattern.test(client)) {
      throw nodeStoreErrors.create('EPH-STORE-CHAIN-NAME', { name: `${folder}/${client}` });
    }
    return join(this.root, folder, client);
  }

  async begin(
    place: ClientPlace,
    given: { readonly identity: NetworkIdentity; readonly identityFiles: readonly IdentityFile[] },
  ): Promise<string> {
    const unfinished = `${this.clientPath(place)}.preparing`;
    await this.mark(place.folder, given.identity);
    await rm(unfinished, { recursive: true, force: true });
    await ensureFolder(unfinished);
    for (const { name, dataPath } of given.identityFiles) {
      await copyIfThere(join(this.identityPath, name), join(unfinished, dataPath));
    }
    return unfinished;
  }

  async finish(place: ClientPlace): Promise<void> {
    const path = this.clientPath(place);
    await syncTree(`${path}.preparing`);
    await rename(`${path}.preparing`, path);
    await syncFolder(dirname(path));
  }

  /** Renamed first: a folder that is half gone must not be taken for a whole one. */
  async remove(name: string): Promise<void> {
    if (!folderPattern.test(name)) throw nodeStoreErrors.create('EPH-STORE-CHAIN-NAME', { name });
    const path = join(this.root, name);
    const found = await lstat(path).catch(absent);
    if (found !== undefined && !found.isDirectory()) {
      throw nodeStoreErrors.create('EPH-STORE-CHAIN-FOREIGN', { path, reason: 'it is not a folder' });
    }
    await this.finishRemovals();
    if (found !== undefined) await rename(path, join(this.root, `${removingPrefix}${name}`));
    await this.finishRemovals();
  }

  async halfRemoved(): Promise<readonly string[]> {
    return (await entriesOf(this.root))
      .filter((entry) => entry.startsWith(removingPrefix))
      .map((entry) => entry.slice(removingPrefix.length))
      .filter((name) => folderPattern.test(name))
      .sort();
  }

  async finishRemovals(): Promise<void> {
    for (const name of await this.halfRemoved())
      await rm(join(this.root, `${removingPrefix}${name}`), { recursive: true, force: true });
  }

  async harvest(place: ClientPlace, files: readonly IdentityFile[]): Promise<void> {
    await ensureFolder(this.identityPath);
    for (const { name, dataPath } of files) {
      const kept = join(this.identityPath, name);
      if ((await lstat(kept).catch(absent)) !== undefined) continue;
      const made = join(this.clientPath(place), dataPath);
      const found = await lstat(made).catch(absent);
      // What is kept here is never taken again: nothing half written, neither by the client nor by us.
      if (found?.isFile() !== true || found.size === 0) continue;
      await ensureFolder(dirname(kept));
      await writeFileAtomic(kept, await readFile(made));
    }
  }

  private async mark(folder: string, identity: NetworkIdentity): Promise<void> {
    const path = join(this.root, folder);
    const known = await this.read(folder);
    if (known !== undefined && identityName(known.identity) === identityName(identity)) return;
    if ((await entriesOf(path)).length > 0) {
      const reason = known === undefined ? 'it has no marker' : 'it belongs to another network';
      throw nodeStoreErrors.create('EPH-STORE-CHAIN-FOREIGN', { path, reason });
    }
    await ensureFolder(path);
    await writeFileAtomic(join(path, markerName), `${JSON.stringify(identity)}\n`);
    await syncFolder(this.root);
  }

  private async read(name: string): Promise<ChainFolder | undefined> {
    const path = join(this.root, name);
    const identity = await readMarker(join(path, markerName));
    if (identity === undefined || !name.startsWith(identityName(identity))) return undefined;
    const clients = (await entriesOf(path)).filter((entry) => clientPattern.test(entry));
    return { name, identity, clients };
  }
}

async function readMarker(path: string): Promise<NetworkIdentity | undefined> {
  const found = await lstat(path).catch(absent);
  if (found === undefined || !found.isFile() || found.size > largestMarkerBytes) return undefined;
  const content = await readFile(path, 'utf8').catch(absent);
  if (content === undefined) return undefined;
  try {
    return networkIdentity(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/** A regular file, never a link: a client may have left anything in its directory. */
async function copyIfThere(from: string, to: string): Promise<boolean> {
  const found = await lstat(from).catch(absent);
  if (found === undefined || !found.isFile()) return false;
  await makeFolders(dirname(to), 0o700);
  await copyFile(from, to, constants.COPYFILE_EXCL);
  return true;
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(absent)) ?? [];
}

/** Absence is an answer; anything else that keeps us from looking is not. */
function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT') return undefined;
  throw cause;
}
