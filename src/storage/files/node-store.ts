import { open, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { type Random, systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import type { ClientFile, IdentityFile } from '../../core/clients/client.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { ToldBook } from '../../core/keys/told-settings.ts';
import { gvr8, type NetworkIdentity } from '../../core/network/identity.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { clientOfStore, protectionFolder } from '../../core/node/protection-choice.ts';
import type { SigningOrder } from '../../core/node/signing-order.ts';
import type {
  ClientPlace,
  KeptFiles,
  KeyPlacement,
  KeyWithdrawal,
  NodeStore,
  ProtectionMerge,
  SignerDatabasePlaces,
} from '../node-store.ts';
import { placeClientFiles } from './client-files.ts';
import { openKeystores, placeClientKeys } from './client-keys.ts';
import { safeKeys, takeCopies } from './key-copies.ts';
import { KeyCounter } from './key-inventory.ts';
import { NodeChains } from './node-chains.ts';
import { NodeProtection } from './node-protection.ts';
import { nodeStoreErrors } from './node-store-errors.ts';
import type { RootPaths } from './root-paths.ts';
import { SigningOrders } from './signing-orders.ts';
import { ensureShortFolder } from './socket-path.ts';
import { readTold, writeTold } from './told-books.ts';

/** Left in a client's directory by the images of ephemery-client-wrapper (pk910), which reset it themselves. */
const wrapperMark = 'ephemery.vars';
const largestJournalBytes = 64 * 1024 * 1024;

/** One node's files under the root, laid out as `docs/reference` tells. */
export class FileNodeStore implements NodeStore {
  protected readonly secretsFolder: string;
  private readonly path: string;
  private readonly journal: string;
  private readonly random: Random;
  private readonly chainFolders: NodeChains;
  private readonly stores: NodeProtection;
  private readonly keyCounter: KeyCounter;
  private readonly keysPath: string;
  private readonly orders: SigningOrders;

  constructor(paths: RootPaths, node: string, random: Random = systemRandom) {
    this.path = join(paths.nodes, node);
    this.journal = join(this.path, 'journal.ndjson');
    this.secretsFolder = join(this.path, 'secrets');
    this.random = random;
    this.chainFolders = new NodeChains(this.path);
    this.stores = new NodeProtection(this.path);
    this.keyCounter = new KeyCounter(paths.keys);
    this.keysPath = paths.keys;
    this.orders = new SigningOrders(paths, node);
  }

  async readJournal(): Promise<string> {
    const content = await readIfThere(this.journal, largestJournalBytes);
    return content ?? '';
  }

  async appendJournal(line: string): Promise<void> {
    await ensureFolder(this.path);
    const file = await open(this.journal, 'a', 0o600);
    try {
      const isNew = (await file.stat()).size === 0;
      await file.appendFile(`${line}\n`);
      await file.datasync();
      if (isNew) await syncFolder(this.path);
    } finally {
      await file.close();
    }
  }

  async replaceJournal(content: string): Promise<void> {
    await ensureFolder(this.path);
    await writeFileAtomic(this.journal, content);
  }

  chains() {
    return this.chainFolders.list();
  }

  beginClient(
    place: ClientPlace,
    given: { readonly identity: NetworkIdentity; readonly identityFiles: readonly IdentityFile[] },
  ): Promise<string> {
    return this.chainFolders.begin(place, given);
  }

  finishClient(place: ClientPlace): Promise<void> {
    return this.chainFolders.finish(place);
  }

  clientPath(place: ClientPlace): string {
    return this.chainFolders.clientPath(place);
  }

  removeChain(folder: string): Promise<void> {
    return this.chainFolders.remove(folder);
  }

  halfRemovedChains(): Promise<readonly string[]> {
    return this.chainFolders.halfRemoved();
  }

  finishRemovals(): Promise<void> {
    return this.chainFolders.finishRemovals();
  }

  harvestIdentity(place: ClientPlace, files: readonly IdentityFile[]): Promise<void> {
    return this.chainFolders.harvest(place, files);
  }

  async otherManager(dataPath: string): Promise<string | undefined> {
    const mark = join(dataPath, wrapperMark);
    return (await stat(mark).catch(absent)) === undefined ? undefined : mark;
  }

  identityPath(): Promise<string> {
    return ensureFolder(join(this.path, 'identity'));
  }

  jwtPath(): Promise<string> {
    return this.secretPath('jwt.hex', '');
  }

  /** With `0x`, because Prysm takes no token without; and it opens Prysm's wallets, so that others have another. */
  keymanagerTokenPath(form: 'ours' | 'hex' = 'ours'): Promise<string> {
    return form === 'hex'
      ? this.secretPath('keymanager-token-hex', '')
      : this.secretPath('keymanager-token', '0x');
  }

  protected async secretPath(name: string, prefix: string): Promise<string> {
    const path = join(await ensureFolder(this.secretsFolder), name);
    if ((await readIfThere(path, 1024)) === undefined) {
      await writeFileAtomic(path, `${prefix}${Buffer.from(this.random.bytes(32)).toString('hex')}`);
    }
    return path;
  }

  signerPath(): Promise<string> {
    return ensureFolder(join(this.path, 'signer'));
  }

  async signerDatabase(): Promise<SignerDatabasePlaces> {
    return {
      data: await ensureFolder(join(this.path, 'signer-database')),
      socket: await ensureShortFolder(join(this.path, 'signer-socket')),
      password: await this.secretPath('database-password', ''),
    };
  }

  async signerProtectionPath(genesisValidatorsRoot: string): Promise<string> {
    const folder = await ensureFolder(join(this.path, 'signer-protection'));
    return join(folder, `${gvr8(genesisValidatorsRoot)}.json`);
  }

  async writeSecret(name: string, content: string): Promise<string> {
    const path = join(await ensureFolder(this.secretsFolder), name);
    await writeFileAtomic(path, content);
    return path;
  }

  holds(data: string, path: string): Promise<boolean> {
    return stat(join(data, path)).then(
      () => true,
      (thrown: NodeJS.ErrnoException) => {
        if (thrown.code === 'ENOENT') return false;
        throw thrown;
      },
    );
  }

  placeFiles(data: string, files: readonly ClientFile[], bundle: string): Promise<void> {
    return placeClientFiles(data, files, bundle);
  }

  async placeKeys(data: string, placement: KeyPlacement): Promise<string | undefined> {
    return placeClientKeys(data, placement, { keysFolder: this.keysPath, ...(await this.asideOf(data)) });
  }

  async withdrawKeys({ places: all, except, exceptSigner }: KeyWithdrawal): Promise<readonly string[]> {
    const safe = await safeKeys(this.keysPath);
    const { stores, damaged } = await this.stores.list();
    const folders = [...stores.map(protectionFolder), ...damaged.map(({ folder }) => folder)];
    const ofStores = folders
      .filter((folder) => folder !== except)
      .map((folder) => ({
        data: join(this.path, 'protection', folder),
        places: all.of(clientOfStore(folder)),
      }));
    const ofSigner = (exceptSigner === true ? [] : all.signers).map((places) => ({
      data: join(this.path, 'signer'),
      places,
    }));
    const found: string[] = [];
    for (const { data, places } of [...ofStores, ...ofSigner]) {
      if (places === undefined) continue;
      const aside = await takeCopies(data, { places, safe, ...(await this.asideOf(data)) });
      if (aside !== undefined) found.push(aside);
    }
    return found;
  }

  /** A folder that no client looks into, named after the one that keys of no set were found in. */
  private async asideOf(data: string) {
    const name = relative(this.path, data)
      .replace(/^protection./, '')
      .replaceAll(sep, '-');
    const token = await readIfThere(join(this.secretsFolder, 'keymanager-token'), 1024);
    return {
      aside: join(this.path, 'found-keys', name),
      walletPassword: token === undefined ? undefined : new Secret(token.trim()),
    };
  }

  keystores(keySet: string, keys: readonly PublicKey[]) {
    return openKeystores(this.keysPath, keySet, keys);
  }

  protection() {
    return this.stores.list();
  }

  openProtection(store: ProtectionStore, merge: ProtectionMerge, kept?: KeptFiles): Promise<void> {
    return this.stores.open(store, merge, kept);
  }

  giveProtection(genesisValidatorsRoot: string, write: (into: string) => Promise<void>): Promise<void> {
    return this.stores.give(genesisValidatorsRoot, write);
  }

  protectionPath(store: ProtectionStore): string {
    return this.stores.pathOf(store);
  }

  keys(keySets: readonly string[]) {
    return this.keyCounter.count(keySets);
  }

  publicKeys(keySets: readonly string[]) {
    return this.keyCounter.publicKeys(keySets);
  }

  remoteOnly(keySets: readonly string[]) {
    return this.keyCounter.remoteOnly(keySets);
  }

  signingOrder() {
    return this.orders.read();
  }

  writeSigningOrder(order: SigningOrder): Promise<void> {
    return this.orders.write(order);
  }

  startSigning<T>(start: () => Promise<T>): Promise<T | undefined> {
    return this.orders.startUnlessStopped(start);
  }

  keySetPath(keySet: string): string {
    return this.keyCounter.pathOf(keySet);
  }

  told(keySet: string): Promise<ToldBook> {
    return readTold(this.keysPath, keySet);
  }

  writeTold(keySet: string, book: ToldBook): Promise<void> {
    return writeTold(this.keysPath, keySet, book);
  }

  async readPorts(): Promise<Readonly<Record<string, number>> | undefined> {
    const file = join(this.path, 'ports.json');
    const content = await readIfThere(file, 64 * 1024);
    if (content === undefined) return undefined;
    const ports = portsIn(content);
    if (ports === undefined) throw nodeStoreErrors.create('EPH-STORE-PORTS-INVALID', { file });
    return ports;
  }

  async writePorts(ports: Readonly<Record<string, number>>): Promise<void> {
    await ensureFolder(this.path);
    await writeFileAtomic(join(this.path, 'ports.json'), `${JSON.stringify(ports, undefined, 2)}\n`);
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(await nearestThere(this.path));
    return bavail * bsize;
  }
}

/** The folder, or of those above it the first that is there. */
async function nearestThere(path: string): Promise<string> {
  const above = dirname(path);
  if (above === path || (await stat(path).catch(absent)) !== undefined) return path;
  return nearestThere(above);
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
  throw cause;
}

async function readIfThere(file: string, largestBytes: number): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > largestBytes) {
      throw nodeStoreErrors.create('EPH-STORE-JOURNAL-TOO-LARGE', { file, sizeBytes: size });
    }
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function portsIn(content: string): Readonly<Record<string, number>> | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const isPort = (port: unknown) => Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
    return Object.values(value).every(isPort) ? (value as Record<string, number>) : undefined;
  } catch {
    return undefined;
  }
}
