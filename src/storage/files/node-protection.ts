import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensureFolder, syncFolder, syncTree, writeFileAtomic } from '../../base/atomic-files.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { lockFolder } from '../../base/folder-lock.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { record, text, whole } from '../../core/node/decode.ts';
import type { DamagedStore, ProtectionInventory, ProtectionStore } from '../../core/node/observed.ts';
import { givenStore } from '../../core/node/protection-choice.ts';
import type { KeptFiles, ProtectionMerge } from '../node-store.ts';
import { nodeStoreErrors } from './node-store-errors.ts';
import { storeMarkerName } from './protection-names.ts';

const storePattern = /^[a-z0-9][a-z0-9-]*-(\d{1,9})$/;
/** A file of a million entries is written within. */
const patienceMs = 60_000;
const lookEveryMs = 10;
const mostKeptBytes = 16 * 1024 * 1024;
const storeMarker = record({ genesisValidatorsRoot: text, client: text, number: whole });

/** Slashing protection of one node: `protection/<gvr8>/<client>-<n>/`. Nothing here removes a store. */
export class NodeProtection {
  private readonly root: string;
  private readonly clock: Clock;

  constructor(nodePath: string, clock: Clock = systemClock) {
    this.root = join(nodePath, 'protection');
    this.clock = clock;
  }

  pathOf({ genesisValidatorsRoot, client, number }: ProtectionStore): string {
    return join(this.root, gvr8(genesisValidatorsRoot), `${client}-${number}`);
  }

  /** What is there, and what should be there and cannot be told: a lost marker is not a lost history. */
  async list(): Promise<ProtectionInventory> {
    const roots = await entriesOf(this.root);
    const folders = await Promise.all(
      roots.map(async (root) => (await entriesOf(join(this.root, root))).map((name) => join(root, name))),
    );
    const found = await Promise.all(folders.flat().map((folder) => this.read(folder)));
    return {
      stores: found.filter((each): each is ProtectionStore => each !== undefined && !('reason' in each)),
      damaged: found.filter((each): each is DamagedStore => each !== undefined && 'reason' in each),
    };
  }

  /** Made beside its place and renamed, so that a store which exists has all earlier history in it. */
  async open(store: ProtectionStore, merge: ProtectionMerge, kept?: KeptFiles): Promise<void> {
    const path = this.pathOf(store);
    const sameRoot = (other: ProtectionStore) => other.genesisValidatorsRoot === store.genesisValidatorsRoot;
    const { stores, damaged } = await this.list();
    if (stores.some((other) => sameRoot(other) && this.pathOf(other) === path)) return;
    if ((await entriesOf(path)).length > 0)
      throw nodeStoreErrors.create('EPH-STORE-PROTECTION-FOREIGN', { path });
    const unsure = damaged.find(({ folder }) => dirname(folder) === gvr8(store.genesisValidatorsRoot));
    if (unsure !== undefined) {
      const facts = { path: join(this.root, unsure.folder), reason: unsure.reason };
      throw nodeStoreErrors.create('EPH-STORE-PROTECTION-DAMAGED', facts);
    }
    const opening = `${path}.opening`;
    await rm(opening, { recursive: true, force: true });
    await ensureFolder(opening);
    if (kept !== undefined) await this.keep(kept, opening);
    const earlier = stores.filter(sameRoot);
    await merge(earlier, opening);
    await writeFileAtomic(join(opening, storeMarkerName), `${JSON.stringify(store)}\n`);
    await syncTree(opening);
    await rename(opening, path);
    await syncFolder(dirname(path));
  }

  /**
   * A client's store that is being opened meanwhile was planned before and has a number no higher than this one: it is not
   * the last then, and another is opened after both.
   */
  async give(genesisValidatorsRoot: string, write: (into: string) => Promise<void>): Promise<void> {
    const turn = await this.turnToGive();
    try {
      let given = 0;
      for (let last = await this.lastNumber(genesisValidatorsRoot); given <= last; ) {
        given = last + 1;
        const store = { genesisValidatorsRoot, client: givenStore, number: given };
        await this.open(store, (_earlier, into) => write(into));
        last = await this.lastNumber(genesisValidatorsRoot, store);
      }
    } finally {
      await turn.release();
    }
  }

  private async turnToGive() {
    await ensureFolder(this.root);
    const deadlineMs = this.clock.monotonicMs() + patienceMs;
    for (;;) {
      const turn = await lockFolder(this.root, 'giving.lock');
      if (turn.kind === 'held') return turn;
      if (this.clock.monotonicMs() >= deadlineMs)
        throw nodeStoreErrors.create('EPH-STORE-PROTECTION-BUSY', { folder: this.root, pid: turn.pid });
      await this.clock.sleep(lookEveryMs);
    }
  }

  /** Of the stores of a root besides one; 0 without any. */
  private async lastNumber(genesisValidatorsRoot: string, besides?: ProtectionStore): Promise<number> {
    const { stores } = await this.list();
    const own = besides === undefined ? undefined : this.pathOf(besides);
    const numbers = stores
      .filter((each) => each.genesisValidatorsRoot === genesisValidatorsRoot && this.pathOf(each) !== own)
      .map(({ number }) => number);
    return Math.max(0, ...numbers);
  }

  private async keep({ folder, names }: KeptFiles, into: string): Promise<void> {
    for (const name of names) {
      const text = await readKept(join(this.root, folder, name));
      if (text !== undefined) await writeFileAtomic(join(into, name), text);
    }
  }

  /** A folder with the name of a store is one, and its marker says of which root; undefined for any other entry. */
  private async read(folder: string): Promise<ProtectionStore | DamagedStore | undefined> {
    const number = storePattern.exec(basename(folder))?.[1];
    if (number === undefined) return undefined;
    const damaged = (reason: string): DamagedStore => ({ folder, number: Number(number), reason });
    try {
      const store = storeMarker(JSON.parse(await readFile(join(this.root, folder, storeMarkerName), 'utf8')));
      return this.pathOf(store) === join(this.root, folder)
        ? store
        : damaged(`its ${storeMarkerName} is of another store`);
    } catch (thrown) {
      return damaged(`its ${storeMarkerName} cannot be read (${messageOf(thrown)})`);
    }
  }
}

/** What is no plain file of a sane size was not written by the client: it stays where it is. */
async function readKept(file: string): Promise<string | undefined> {
  try {
    const { size } = await lstat(file).then((seen) =>
      seen.isFile() ? seen : { size: Number.POSITIVE_INFINITY },
    );
    return size > mostKeptBytes ? undefined : await readFile(file, 'utf8');
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
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
