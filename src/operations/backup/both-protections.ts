import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';
import type { Interchange } from '../../core/keys/interchange.ts';
import { lessProtected } from '../../core/keys/interchange-compare.ts';
import { gvr8 } from '../../core/network/identity.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { givenStore } from '../../core/node/protection-choice.ts';
import { readInterchanges } from '../../protection/interchange-file.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { carriedName, storeMarkerName } from '../../storage/files/protection-names.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** A node as it is here, and as a backup has it. */
interface Both {
  readonly here: FileNodeStore;
  readonly brought: FileNodeStore;
}

/**
 * Prepares the slashing protection of a backup to stand beside what is here of the same networks. A store here may be
 * newer than the one of its name in the backup, or opened anew after that was lost, or be that of an older image of
 * this machine: nothing tells. So of two that differ both stay, the backup's under the next number. Neither is in the
 * other, and a given store on top has the next client open one with all of it.
 */
export async function keepBothProtections(paths: RootPaths, staged: string): Promise<void> {
  const within = { ...paths, nodes: join(staged, 'nodes') };
  for (const node of await namesIn(within.nodes)) {
    const both = { here: new FileNodeStore(paths, node), brought: new FileNodeStore(within, node) };
    for (const genesisValidatorsRoot of await rootsOf(both.brought))
      await keepBothStores(both, genesisValidatorsRoot);
    const memories = 'signer-protection';
    for (const file of await namesIn(join(within.nodes, node, memories))) {
      const [own, theirs] = [paths.nodes, within.nodes].map((nodes) => join(nodes, node, memories, file));
      if (own !== undefined && theirs !== undefined) await keepBothMemories(both, own, theirs);
    }
  }
}

async function keepBothStores(both: Both, genesisValidatorsRoot: string): Promise<void> {
  const held = await namesHere(both.here, genesisValidatorsRoot);
  // Of a network of which nothing is here they come back as they were, the last of them with all history.
  if (held.length === 0) return;
  const coming: ProtectionStore[] = [];
  let known = 0;
  for (const store of await storesOf(both.brought, genesisValidatorsRoot)) {
    if (await isHere(both, store)) {
      await rm(both.brought.protectionPath(store), { recursive: true });
      // A given store has nothing of those before it.
      if (store.client !== givenStore) known = Math.max(known, store.number);
    } else coming.push(store);
  }
  const isTaken = (store: ProtectionStore) => held.some(({ name }) => name === nameOf(store));
  // One before a store that is here unchanged is in that: it was there when that was opened.
  const unknown = coming.filter((store) => store.number > known || isTaken(store));
  let last = Math.max(...[...held, ...coming].map(({ number }) => number));
  for (const store of unknown.filter(isTaken)) {
    last += 1;
    await renumber(both.brought, store, last);
  }
  const top = { genesisValidatorsRoot, client: givenStore, number: last };
  const isGiven = isTaken(top) || coming.some((store) => nameOf(store) === nameOf(top));
  if (unknown.length > 0 && !isGiven) await give(both.brought, top);
}

/**
 * Whether a store here has every file of it, whatever number an earlier restore gave that. What stands for one that was
 * in use is in what that was opened with.
 */
async function isHere({ here, brought }: Both, store: ProtectionStore): Promise<boolean> {
  const from = brought.protectionPath(store);
  for (const each of await storesOf(here, store.genesisValidatorsRoot)) {
    const isOfClient = each.client === store.client || store.client === givenStore;
    if (isOfClient && (await hasAll(here.protectionPath(each), from))) return true;
  }
  return false;
}

async function hasAll(here: string, brought: string): Promise<boolean> {
  const entries = await readdir(brought, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name === storeMarkerName) continue;
    if (!(await isSameFile(join(here, relative(brought, file)), file))) return false;
  }
  return true;
}

async function isSameFile(here: string, brought: string): Promise<boolean> {
  const [own, other] = await Promise.all([here, brought].map((file) => stat(file).catch(() => undefined)));
  if (own?.isFile() !== true || own.size !== other?.size) return false;
  return (await readFile(here)).equals(await readFile(brought));
}

async function renumber(brought: FileNodeStore, store: ProtectionStore, number: number): Promise<void> {
  const place = brought.protectionPath({ ...store, number });
  await rename(brought.protectionPath(store), place);
  await mark(place, { ...store, number });
}

async function give(brought: FileNodeStore, top: ProtectionStore, content?: string): Promise<void> {
  const place = brought.protectionPath(top);
  await makeFolders(place, 0o700);
  if (content !== undefined)
    await writeFile(join(place, carriedName), await readFile(content), { mode: 0o600 });
  await mark(place, top);
}

async function mark(place: string, store: ProtectionStore): Promise<void> {
  await writeFile(join(place, storeMarkerName), `${JSON.stringify(store)}\n`, { mode: 0o600 });
}

/** What a node's signer remembered comes as a given store where what is kept of it here forbids less. */
async function keepBothMemories({ here, brought }: Both, own: string, theirs: string): Promise<void> {
  const remembered = await interchangeIn(theirs);
  if (remembered === undefined || (await stat(own).catch(() => undefined)) === undefined) return;
  const { genesisValidatorsRoot } = remembered;
  const kept = (await interchangeIn(own)) ?? { genesisValidatorsRoot, histories: new Map() };
  if (lessProtected(remembered, kept).length === 0) return;
  const stores = await Promise.all([here, brought].map((node) => namesHere(node, genesisValidatorsRoot)));
  const number = Math.max(0, ...stores.flat().map((store) => store.number)) + 1;
  await give(brought, { genesisValidatorsRoot, client: givenStore, number }, theirs);
}

/** Undefined for what is no interchange: nothing can be told of it. */
function interchangeIn(file: string): Promise<Interchange | undefined> {
  return readInterchanges([file]).catch(() => undefined);
}

/** Those whose marker says what they are: of another nothing can be told, and it is brought where there is none of its name. */
async function storesOf(node: FileNodeStore, genesisValidatorsRoot: string) {
  const { stores } = await node.protection();
  return stores.filter((store) => store.genesisValidatorsRoot === genesisValidatorsRoot);
}

async function rootsOf(node: FileNodeStore): Promise<ReadonlySet<string>> {
  const { stores } = await node.protection();
  return new Set(stores.map(({ genesisValidatorsRoot }) => genesisValidatorsRoot));
}

/** Also those of which nothing can be told: they have the name. */
async function namesHere(node: FileNodeStore, genesisValidatorsRoot: string) {
  const { stores, damaged } = await node.protection();
  const folder = `${gvr8(genesisValidatorsRoot)}/`;
  return [
    ...stores
      .filter((store) => gvr8(store.genesisValidatorsRoot) === gvr8(genesisValidatorsRoot))
      .map((store) => ({ name: nameOf(store), number: store.number })),
    ...damaged
      .filter((each) => each.folder.startsWith(folder))
      .map((each) => ({ name: each.folder.slice(folder.length), number: each.number })),
  ];
}

function nameOf({ client, number }: ProtectionStore): string {
  return `${client}-${number}`;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
