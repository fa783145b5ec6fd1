import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { record, text, whole } from '../../core/node/decode.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import type { ProtectionMerge } from '../node-store.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

const markerName = 'store.json';
const storeMarker = record({ genesisValidatorsRoot: text, client: text, number: whole });

/** Slashing protection of one node: `protection/<gvr8>/<client>-<n>/`. Nothing here removes a store. */
export class NodeProtection {
  private readonly root: string;

  constructor(nodePath: string) {
    this.root = join(nodePath, 'protection');
  }

  pathOf({ genesisValidatorsRoot, client, number }: ProtectionStore): string {
    return join(this.root, gvr8(genesisValidatorsRoot), `${client}-${number}`);
  }

  async list(): Promise<readonly ProtectionStore[]> {
    const roots = await entriesOf(this.root);
    const paths = await Promise.all(
      roots.map(async (root) =>
        (await entriesOf(join(this.root, root))).map((name) => join(this.root, root, name)),
      ),
    );
    const stores = await Promise.all(paths.flat().map((path) => this.read(path)));
    return stores.filter((store) => store !== undefined);
  }

  /** Made beside its place and renamed, so that a store which exists has all earlier history in it. */
  async open(store: ProtectionStore, merge: ProtectionMerge): Promise<void> {
    const path = this.pathOf(store);
    const sameRoot = (other: ProtectionStore) => other.genesisValidatorsRoot === store.genesisValidatorsRoot;
    const stores = await this.list();
    if (stores.some((other) => sameRoot(other) && this.pathOf(other) === path)) return;
    if ((await entriesOf(path)).length > 0)
      throw nodeStoreErrors.create('EPH-STORE-PROTECTION-FOREIGN', { path });
    const opening = `${path}.opening`;
    await rm(opening, { recursive: true, force: true });
    await ensureFolder(opening);
    const earlier = stores.filter(sameRoot);
    if (earlier.length > 0) await merge(earlier, opening);
    await writeFileAtomic(join(opening, markerName), `${JSON.stringify(store)}\n`);
    await rename(opening, path);
    await syncFolder(dirname(path));
  }

  /** A folder is a store of ours only where its marker puts it. */
  private async read(path: string): Promise<ProtectionStore | undefined> {
    try {
      const store = storeMarker(JSON.parse(await readFile(join(path, markerName), 'utf8')));
      return this.pathOf(store) === path ? store : undefined;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).syscall === undefined || isAbsent(thrown)) return undefined;
      throw thrown;
    }
  }
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw thrown;
  }
}

function isAbsent(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
