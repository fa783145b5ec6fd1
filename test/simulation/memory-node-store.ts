import type { IdentityFile } from '../../src/core/clients/client.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { emptyToldBook, type ToldBook } from '../../src/core/keys/told-settings.ts';
import { gvr8, type NetworkIdentity } from '../../src/core/network/identity.ts';
import type { ProtectionInventory, ProtectionStore } from '../../src/core/node/observed.ts';
import { protectionFolder } from '../../src/core/node/protection-choice.ts';
import type { SigningOrder } from '../../src/core/node/signing-order.ts';
import type { ClientPlace, KeptFiles, NodeStore, ProtectionMerge } from '../../src/storage/node-store.ts';
import { identityNames, type MemoryChain, type MemoryDisk } from './memory-disk.ts';
import type { OurLife } from './our-life.ts';

export interface DiskFaults {
  /** Of a line whose write fails or is cut short, how much reaches the disk: 0 to 1. */
  torn(): number;
  /** Told before protection is read; may throw. */
  protectionRead(): void;
}

/** A node's store on a memory disk, as one life of our process sees it. Every effect stands between two gates. */
export class MemoryNodeStore implements NodeStore {
  private readonly disk: MemoryDisk;
  private readonly life: OurLife;
  private readonly faults: DiskFaults;

  constructor(disk: MemoryDisk, life: OurLife, faults: DiskFaults) {
    this.disk = disk;
    this.life = life;
    this.faults = faults;
  }

  async readJournal(): Promise<string> {
    this.life.gate('read journal');
    return this.disk.journal;
  }

  async appendJournal(line: string): Promise<void> {
    try {
      this.life.gate('write journal');
    } catch (thrown) {
      const whole = `${line}\n`;
      if (!this.life.signal.aborted || thrown === this.life.signal.reason) {
        this.disk.journal += whole.slice(0, Math.floor(this.faults.torn() * (whole.length + 1)));
      }
      throw thrown;
    }
    this.disk.journal += `${line}\n`;
    this.life.gate('journal written');
  }

  async replaceJournal(content: string): Promise<void> {
    await this.effect('write journal', () => {
      this.disk.journal = content;
    });
  }

  async chains() {
    this.life.gate('read disk');
    return this.disk.folders();
  }

  async beginClient(
    place: ClientPlace,
    given: { readonly identity: NetworkIdentity; readonly identityFiles: readonly IdentityFile[] },
  ): Promise<string> {
    await this.effect('write disk', () => {
      const fresh: MemoryChain = { identity: given.identity, clients: new Map(), unfinished: new Map() };
      if (!this.disk.chains.has(place.folder)) this.disk.chains.set(place.folder, fresh);
    });
    await this.effect('write disk', () => {
      const files = identityNames(given.identityFiles, this.disk.identityFiles);
      this.chain(place.folder).unfinished.set(place.client, files);
    });
    return `/chains/${place.folder}/${place.client}.preparing`;
  }

  async finishClient({ folder, client }: ClientPlace): Promise<void> {
    await this.effect('write disk', () => {
      const chain = this.chain(folder);
      const files = chain.unfinished.get(client);
      if (files === undefined) throw new Error(`ENOENT ${client}`);
      chain.unfinished.delete(client);
      chain.clients.set(client, files);
    });
  }

  clientPath({ folder, client }: ClientPlace): string {
    return `/chains/${folder}/${client}`;
  }

  async removeChain(folder: string): Promise<void> {
    await this.effect('remove from disk', () => {
      this.disk.onRemove(folder);
      this.disk.chains.delete(folder);
      this.disk.halfRemoved.add(folder);
    });
    await this.finishRemovals();
  }

  async halfRemovedChains() {
    this.life.gate('read disk');
    return [...this.disk.halfRemoved];
  }

  async finishRemovals(): Promise<void> {
    await this.effect('remove from disk', () => this.disk.halfRemoved.clear());
  }

  async harvestIdentity(_place: ClientPlace, files: readonly IdentityFile[]): Promise<void> {
    for (const file of files) {
      await this.effect('write disk', () => this.disk.identityFiles.add(file.name));
    }
  }

  async otherManager(dataPath: string): Promise<string | undefined> {
    this.life.gate('read disk');
    return this.disk.wrapped.has(dataPath) ? `${dataPath}/ephemery.vars` : undefined;
  }

  async identityPath(): Promise<string> {
    this.life.gate('read disk');
    return '/identity';
  }

  async jwtPath(): Promise<string> {
    await this.effect('write disk', () => {
      this.disk.jwt = true;
    });
    return '/secrets/jwt.hex';
  }

  async keymanagerTokenPath(): Promise<string> {
    this.life.gate('read disk');
    return 'secrets/keymanager-token';
  }

  async signerPath() {
    return 'signer';
  }

  async signerDatabase() {
    this.life.gate('read disk');
    return { data: 'database', socket: 'socket', password: 'secrets/database-password' };
  }

  async signerProtectionPath() {
    return 'signer-protection';
  }

  async writeSecret() {
    this.life.gate('write disk');
    return 'secrets/signer';
  }

  async holds(): Promise<boolean> {
    this.life.gate('read disk');
    return true;
  }

  async placeFiles(): Promise<void> {
    this.life.gate('write disk');
  }

  async placeKeys(): Promise<undefined> {
    this.life.gate('write disk');
  }

  async withdrawKeys(): Promise<readonly string[]> {
    this.life.gate('write disk');
    return [];
  }

  async keystores() {
    this.life.gate('read disk');
    return [];
  }

  async protection(): Promise<ProtectionInventory> {
    this.life.gate('read disk');
    this.faults.protectionRead();
    const isDamaged = (store: ProtectionStore) => this.disk.damagedProtection.has(protectionFolder(store));
    return {
      stores: this.disk.protection.filter((store) => !isDamaged(store)),
      damaged: this.disk.protection
        .filter(isDamaged)
        .map((store) => ({ folder: protectionFolder(store), number: store.number, reason: 'it is damaged' })),
    };
  }

  async openProtection(store: ProtectionStore, merge: ProtectionMerge, kept?: KeptFiles): Promise<void> {
    if (kept !== undefined) this.disk.keptOf.set(protectionFolder(store), kept);
    const same = (p: ProtectionStore) => this.protectionPath(p) === this.protectionPath(store);
    const earlier = this.disk.protection.filter(
      (p) => p.genesisValidatorsRoot === store.genesisValidatorsRoot && !same(p),
    );
    if (earlier.length > 0) await merge(earlier, `${this.protectionPath(store)}.opening`);
    await this.effect('write disk', () => {
      if (!this.disk.protection.some(same)) this.disk.protection.push(store);
    });
  }

  async giveProtection(): Promise<void> {
    throw new Error('nobody gives a simulated node slashing protection');
  }

  protectionPath({ genesisValidatorsRoot, client, number }: ProtectionStore): string {
    return `/protection/${gvr8(genesisValidatorsRoot)}/${client}-${number}`;
  }

  async keys(keySets: readonly string[]) {
    this.life.gate('read disk');
    const names = keySets.flatMap((set) => this.disk.keystores.get(set) ?? []);
    return { count: names.length, fingerprint: names.join('+'), keys: names };
  }

  async publicKeys(keySets: readonly string[]): Promise<readonly PublicKey[]> {
    return (await this.keys(keySets)).keys as PublicKey[];
  }

  async remoteOnly(): Promise<readonly PublicKey[]> {
    return [];
  }

  async signingOrder(): Promise<SigningOrder> {
    this.life.gate('read disk');
    return this.disk.signingOrder;
  }

  async writeSigningOrder(order: SigningOrder): Promise<void> {
    await this.effect('write disk', () => {
      this.disk.signingOrder = order;
    });
  }

  async startSigning<T>(start: () => Promise<T>): Promise<T | undefined> {
    return (await this.signingOrder()).order === 'run' ? start() : undefined;
  }

  keySetPath(keySet: string): string {
    return `/keys/${keySet}`;
  }

  async told(keySet: string): Promise<ToldBook> {
    this.life.gate('read disk');
    return this.disk.told.get(keySet) ?? emptyToldBook;
  }

  async writeTold(keySet: string, book: ToldBook): Promise<void> {
    await this.effect('write what keys were told', () => void this.disk.told.set(keySet, book));
  }

  async readPorts() {
    return this.disk.ports;
  }

  async writePorts(ports: Readonly<Record<string, number>>): Promise<void> {
    this.disk.ports = ports;
  }

  async freeBytes(): Promise<number> {
    this.life.gate('read disk');
    return this.disk.freeBytes;
  }

  private chain(folder: string): MemoryChain {
    const chain = this.disk.chains.get(folder);
    if (chain === undefined) throw new Error(`ENOENT ${folder}`);
    return chain;
  }

  private async effect(moment: string, work: () => void): Promise<void> {
    this.life.gate(moment);
    work();
    this.life.gate(`${moment} done`);
  }
}
