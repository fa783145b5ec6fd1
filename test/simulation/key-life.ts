import { cp, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupLock, newIdentity } from '../../src/backup/lock.ts';
import { directoryTarget } from '../../src/backup/targets/directory-target.ts';
import { known } from '../../src/base/answer.ts';
import { isEphemeryError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import type { BeaconApi } from '../../src/chain/beacon.ts';
import { keyPlacesOf } from '../../src/core/clients/key-places.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { chooseBackup } from '../../src/operations/backup/choose-backup.ts';
import { makeBackup } from '../../src/operations/backup/make-backup.ts';
import { publicKeyOf } from '../../src/operations/backup/public-key.ts';
import { restoreBackup } from '../../src/operations/backup/restore-backup.ts';
import { importKeys } from '../../src/operations/keys/import-keys.ts';
import { keySetStore, withKeyLock } from '../../src/operations/keys/key-sets.ts';
import { openKeys } from '../../src/operations/keys/open-keys.ts';
import type { Services } from '../../src/operations/services.ts';
import { claimKeys } from '../../src/operations/validators/claim-keys.ts';
import { KeyGuardian } from '../../src/operations/validators/key-guardian.ts';
import { moveKeys } from '../../src/operations/validators/move-keys.ts';
import { remembers } from '../../src/operations/validators/protection-here.ts';
import { openInstallation } from '../../src/storage/files/installation.ts';
import { KeyOwners } from '../../src/storage/files/key-owners.ts';
import { openLayout, prepareRoot } from '../../src/storage/files/layout.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { finishRestore } from '../../src/storage/files/pending-restore.ts';
import { carriedName } from '../../src/storage/files/protection-names.ts';
import { type RootPaths, rootPaths } from '../../src/storage/files/root-paths.ts';
import { Killed, killedAtChange } from '../support/file-death.ts';
import { networkServices } from '../support/network-services.ts';
import { type KeyDeed, type NodeName, nodes, type SetName, sets } from './key-deeds.ts';
import { identityOf, network } from './network.ts';

const slotMs = 12_000;
const epochMs = 8 * slotMs;

/** One installation with two nodes: real operations on a real folder, a clock and a chain of our own, signers that are told apart. */
export class KeyLife {
  readonly broken: string[] = [];
  starts = 0;
  kills = 0;
  restores = 0;
  copies = 0;
  private readonly services: Services;
  private readonly removeFolder: () => Promise<void>;
  private readonly sources: readonly string[];
  private readonly lock: BackupLock;
  private readonly identity: Secret<string>;
  private readonly folder: string;
  private readonly clock: Awaited<ReturnType<typeof networkServices>>['clock'];
  private readonly configured = new Map<SetName, Set<NodeName>>();
  private readonly held = new Set<NodeName>();
  private readonly signers = new Map<NodeName, Set<PublicKey>>();
  private readonly guards = new Map<NodeName, KeyGuardian>();
  /** Who was seen signing in an epoch of this iteration. */
  private seen = new Map<number, Set<PublicKey>>();
  /** Keys whose slashing protection of this iteration was lost since they signed. */
  private readonly lost = new Set<PublicKey>();
  private readonly indices = new Map<PublicKey, number>();
  private readonly everHad = new Set<PublicKey>();
  /** Keys that only clients were given. */
  private given = new Set<PublicKey>();
  private iteration = 10;

  private constructor(
    parts: Awaited<ReturnType<typeof networkServices>>,
    sources: readonly string[],
    age: Awaited<ReturnType<typeof newIdentity>>,
  ) {
    this.clock = parts.clock;
    this.folder = parts.folder;
    this.removeFolder = parts.remove;
    this.services = { ...parts, random: seededRandom('key life') } as unknown as Services;
    this.sources = sources;
    this.lock = { kind: 'recipients', recipients: [age.recipient] };
    this.identity = new Secret(age.identity);
    this.configured.set('main', new Set(['home']));
    this.configured.set('spare', new Set());
    this.newProcess();
  }

  static async begin(sources: readonly string[]): Promise<KeyLife> {
    const genesisMs = identityOf(10).genesisTimeSeconds * 1_000;
    const parts = await networkServices(genesisMs + 3 * epochMs);
    // As a supervisor leaves it: a restore refuses a folder with nodes that is no root.
    await prepareRoot(parts.paths);
    await openLayout(parts.paths);
    return new KeyLife(parts, sources, await newIdentity());
  }

  end(): Promise<void> {
    return this.removeFolder();
  }

  /** Does one thing; with `killAt` our process is killed at that change of the disk. Then everything that must hold is looked at. */
  async act(deed: KeyDeed, killAt: number | undefined): Promise<void> {
    const attempt = () => this.attempt(deed);
    const wasKilled =
      killAt === undefined ? await attempt().then(() => false) : await killedAtChange(killAt, attempt);
    if (wasKilled) await this.afterKill();
    await this.look(`${deed.deed}${wasKilled ? ', killed' : ''}`);
  }

  /** With how many keys a node signs now. */
  signing(node: NodeName): number {
    return this.signers.get(node)?.size ?? 0;
  }

  /** Every key that is here opens by what lies beside it. */
  async prove(): Promise<number> {
    const owners = await keySetStore(this.services.paths).owners();
    const places = [...owners].map(([key, keySet]) => ({ key, keySet }));
    const watch = { signal: new AbortController().signal, onProgress: () => undefined };
    return (await openKeys(this.services, { places }, watch)).length;
  }

  private async attempt(deed: KeyDeed): Promise<void> {
    try {
      await this.perform(deed);
    } catch (thrown) {
      // A refusal is an answer; what it must not do is seen afterwards.
      if (!isEphemeryError(thrown) || thrown.cause instanceof Killed) throw thrown;
    }
  }

  private async perform(deed: KeyDeed): Promise<void> {
    switch (deed.deed) {
      case 'import':
        return this.import(deed.source, deed.into);
      case 'backup':
        await makeBackup(this.services, { lock: this.lock, targets: [this.target()] });
        return;
      case 'restore':
        return this.restore(deed.replace);
      case 'move':
        return this.move(deed.keySet, deed.to);
      case 'configure':
        // By hand and wrong, as a person does: without a move.
        this.configured.get(deed.keySet)?.add(deed.node);
        return;
      case 'pass':
        for (let quarter = 0; quarter < 4 * deed.epochs; quarter += 1) await this.pass();
        return;
      case 'stop':
        return this.stop(deed.node);
      case 'lose-protection':
        await this.stop(deed.node);
        // From here on it is gone, whatever is killed meanwhile.
        for (const key of await this.protectedBy(deed.node)) this.lost.add(key);
        this.given = new Set();
        await rm(join(this.services.paths.nodes, deed.node, 'protection'), { recursive: true, force: true });
        return;
      case 'reset':
        return this.reset();
      case 'claim':
        await claimKeys(this.services, deed.keySet, { noBackup: true });
        return;
      case 'give':
        return this.give(deed.node);
      case 'copy':
        return this.copy();
      case 'both': {
        const ends = await Promise.allSettled([this.attempt(deed.first), this.attempt(deed.second)]);
        for (const end of ends) if (end.status === 'rejected') throw end.reason;
      }
    }
  }

  private async import(source: number, into: SetName): Promise<void> {
    const watch = { signal: new AbortController().signal, onProgress: () => undefined };
    const from = this.sources[source] ?? '';
    await importKeys(this.services, { from, keySet: into, dryRun: false, backup: { noBackup: true } }, watch);
  }

  private target() {
    return directoryTarget(join(this.folder, 'target'));
  }

  /** As it is done by hand: everything down, then the newest one. */
  private async restore(replace: boolean): Promise<void> {
    for (const node of nodes) await this.stop(node);
    const { signal } = new AbortController();
    const backup = await chooseBackup(this.services, { targets: [this.target()], signal });
    const key = { kind: 'identities', identities: this.identity } as const;
    const before = { noBackup: true };
    await restoreBackup(this.services, {
      backup,
      key,
      replace,
      before,
      decide: async () => true,
      publicKeyOf,
    });
    this.restores += 1;
  }

  private async move(keySet: SetName, to: NodeName): Promise<void> {
    await withKeyLock(this.services, 'validators move', () => this.moveLocked(keySet, to));
  }

  private async moveLocked(keySet: SetName, to: NodeName): Promise<void> {
    const owners = this.owners();
    const [configured = 'home'] = this.configured.get(keySet) ?? [];
    const from = (await owners.read(keySet))?.node ?? configured;
    const { installation } = await this.binding();
    await moveKeys(
      {
        owners,
        installation,
        told: () => undefined,
        stop: async (node) => {
          this.held.add(node as NodeName);
          const ran = this.signers.has(node as NodeName);
          await this.stop(node as NodeName);
          return ran;
        },
        carry: (source, target) => this.carry(source as NodeName, target as NodeName),
        withdraw: async (node) => {
          const places = keyPlacesOf(this.services.clients);
          await new FileNodeStore(this.services.paths, node).withdrawKeys({ places });
        },
        configure: async () => void this.configured.set(keySet, new Set([to])),
        start: async () => this.held.clear(),
      },
      { keySet, from, to },
    );
  }

  private async carry(from: NodeName, to: NodeName): Promise<boolean> {
    const root = identityOf(this.iteration).genesisValidatorsRoot;
    if (!(await remembers(new FileNodeStore(this.services.paths, from), root))) return false;
    const given = await this.openStore(to);
    await writeFile(join(given, carriedName), JSON.stringify({ data: [{}] }));
    return true;
  }

  /** What a client leaves in its store as soon as it runs. */
  private async openStore(node: NodeName): Promise<string> {
    const store = new FileNodeStore(this.services.paths, node);
    const { genesisValidatorsRoot } = identityOf(this.iteration);
    const place = { genesisValidatorsRoot, client: 'mayfly', number: 1 };
    await store.openProtection(place, async () => undefined);
    const file = join(store.protectionPath(place), 'signed');
    await writeFile(file, '');
    await utimes(file, this.clock.nowMs() / 1_000, this.clock.nowMs() / 1_000);
    return store.protectionPath(place);
  }

  private async stop(node: NodeName): Promise<void> {
    if (!this.signers.delete(node)) return;
    await this.guard(node).ended(this.setsOf(node));
  }

  private async reset(): Promise<void> {
    const start = scheduleOf(network, this.iteration + 1).startSeconds * 1_000;
    this.clock.jump(Math.max(0, start - this.clock.nowMs()));
    for (const node of nodes) await this.stop(node);
    this.iteration += 1;
    this.seen = new Map();
    this.lost.clear();
    this.clock.jump(identityOf(this.iteration).genesisTimeSeconds * 1_000 - this.clock.nowMs());
    await this.turn();
  }

  private async pass(): Promise<void> {
    await this.turn();
    this.clock.jump(epochMs / 4);
    this.sign();
  }

  /** What supervisors do over and over: signers of keys that may sign are started. Both judge before either begins. */
  private async turn(): Promise<void> {
    const identity = identityOf(this.iteration);
    const quiet: NodeName[] = [];
    for (const node of nodes) {
      const keySets = this.setsOf(node);
      if (keySets.length === 0 || this.held.has(node) || this.signers.has(node)) continue;
      const answer = await this.guard(node).quiet({ identity, keySets, beacon: this.beacon });
      if (answer.known && answer.value) quiet.push(node);
    }
    for (const node of quiet) await this.start(node);
  }

  private async start(node: NodeName): Promise<void> {
    const keySets = this.setsOf(node);
    try {
      await this.guard(node).begins({ identity: identityOf(this.iteration), keySets });
    } catch (thrown) {
      if (isEphemeryError(thrown, 'EPH-VALIDATORS-NOT-OURS')) return;
      // Of two that take a set for the first time, one is told that it is there.
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw thrown;
    }
    const owners = await keySetStore(this.services.paths).owners();
    const keys = [...owners].flatMap(([key, set]) => (keySets.some((each) => each === set) ? [key] : []));
    await this.lay(node, keys);
    this.lookAtLoss(keys);
    this.signers.set(node, new Set(keys));
    this.starts += 1;
    this.sign();
  }

  /** As clients do that have keystores in places of their own. */
  private async lay(node: NodeName, keys: readonly PublicKey[]): Promise<void> {
    const folder = join(await this.openStore(node), 'imported', 'keystores');
    await mkdir(folder, { recursive: true });
    for (const key of keys)
      await writeFile(join(folder, `${key}.json`), JSON.stringify({ crypto: {}, pubkey: key }));
  }

  private async give(node: NodeName): Promise<void> {
    if (!this.signers.has(node)) return;
    const key = publicKey(this.given.size + 1);
    await this.lay(node, [key]);
    this.given.add(key);
  }

  private binding(paths = this.services.paths) {
    return openInstallation(paths, { random: this.services.random });
  }

  /** Whatever was going on: the copy starts no signer, neither quietly nor by force. */
  private async copy(): Promise<void> {
    await this.binding();
    const root = join(this.folder, `copy-${this.copies}`);
    await cp(this.services.paths.root, root, { recursive: true, preserveTimestamps: true });
    const paths = rootPaths(root);
    const identity = identityOf(this.iteration);
    for (const node of nodes) {
      const keySets = this.setsOf(node);
      if (keySets.length === 0) continue;
      const guard = this.guardIn(node, paths);
      const quiet = await guard.quiet({ identity, keySets, beacon: this.beacon });
      const begun = await guard.begins({ identity, keySets }).then(
        () => true,
        (thrown) => {
          // A kill is no signer, nor is a node that was given a set by hand before it had a key.
          const isEmpty = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
          if (isEmpty || isEphemeryError(thrown, 'EPH-VALIDATORS-NOT-OURS')) return false;
          throw thrown;
        },
      );
      if (begun || (quiet.known && quiet.value)) this.broken.push(`a copy signs on ${node}`);
    }
    this.copies += 1;
    await rm(root, { recursive: true, force: true });
  }

  /** Nobody knows what these keys signed: for two full epochs nobody may have. */
  private lookAtLoss(keys: readonly PublicKey[]): void {
    const lost = keys.filter((key) => this.lost.delete(key));
    for (const epoch of [this.epoch() - 1, this.epoch() - 2]) {
      const key = lost.find((each) => this.seen.get(epoch)?.has(each));
      if (key !== undefined)
        this.broken.push(`${key.slice(0, 10)} signs without protection, and it signed in epoch ${epoch}`);
    }
  }

  /** Keys whose next signer needs what this node remembers: in the midst of a move what it was given, not what it gave. */
  private async protectedBy(node: NodeName): Promise<readonly PublicKey[]> {
    const keys: PublicKey[] = [];
    for (const keySet of sets) {
      const owner = await this.owners()
        .read(keySet)
        .catch(() => undefined);
      const isCarried = owner?.moved === 'carried' || owner?.moved === 'configured';
      if ((isCarried ? owner?.movingTo : owner?.node) !== node) continue;
      keys.push(...(await keySetStore(this.services.paths).keys(keySet)));
    }
    return keys;
  }

  private epoch(): number {
    const genesisMs = identityOf(this.iteration).genesisTimeSeconds * 1_000;
    return Math.floor((this.clock.nowMs() - genesisMs) / epochMs);
  }

  private sign(): void {
    const epoch = this.epoch();
    const now = this.seen.get(epoch) ?? new Set();
    this.seen.set(epoch, now);
    for (const keys of this.signers.values()) for (const key of keys) now.add(key);
    const [first = new Set<PublicKey>(), second = new Set<PublicKey>()] = nodes.map((node) =>
      this.signers.get(node),
    );
    for (const key of first) if (second.has(key)) this.broken.push(`${key.slice(0, 10)} has two signers`);
  }

  private readonly beacon = {
    timing: async () => known({ secondsPerSlot: slotMs / 1_000, slotsPerEpoch: epochMs / slotMs }),
    syncing: async () =>
      known({ headSlot: 0, syncDistance: 0, isSyncing: false, isOptimistic: false, elOffline: false }),
    validators: async (keys: readonly PublicKey[]) =>
      known(
        new Map(
          keys.map((key) => [key, { index: this.indexOf(key), status: 'active_ongoing', slashed: false }]),
        ),
      ),
    liveness: async (epoch: number, indices: readonly number[]) => {
      const live = new Set([...(this.seen.get(epoch) ?? [])].map((key) => this.indexOf(key)));
      return known(new Map(indices.map((index) => [index, live.has(index)])));
    },
  } as unknown as BeaconApi;

  private indexOf(key: PublicKey): number {
    const index = this.indices.get(key) ?? this.indices.size;
    this.indices.set(key, index);
    return index;
  }

  private owners(): KeyOwners {
    return new KeyOwners(this.services.paths.keys);
  }

  private setsOf(node: NodeName): readonly SetName[] {
    return sets.filter((keySet) => this.configured.get(keySet)?.has(node));
  }

  private guard(node: NodeName): KeyGuardian {
    const guard = this.guards.get(node);
    if (guard === undefined) throw new RangeError(`no guard of ${node}`);
    return guard;
  }

  private newProcess(): void {
    for (const node of nodes) this.guards.set(node, this.guardIn(node, this.services.paths));
  }

  private guardIn(node: NodeName, paths: RootPaths): KeyGuardian {
    return new KeyGuardian({
      node,
      clock: this.clock,
      store: new FileNodeStore(paths, node),
      owners: new KeyOwners(paths.keys),
      binding: () => this.binding(paths),
      genesisDelaySeconds: network.genesisDelaySeconds,
    });
  }

  /** Our process is gone with all it knew; signers that ran go on. What it held is free, as a holder that is dead leaves it. */
  private async afterKill(): Promise<void> {
    const { paths } = this.services;
    this.kills += 1;
    const locks = [paths.lock, join(paths.keys, '.lock'), join(paths.keys, '.owners.lock')];
    for (const lock of locks) await rm(lock, { force: true });
    this.newProcess();
    await finishRestore(paths);
  }

  /** No key that was ever whole in a set is gone, none is in two places, none has two signers. */
  private async look(after: string): Promise<void> {
    const { paths } = this.services;
    const store = keySetStore(paths);
    const here: PublicKey[] = [];
    for (const keySet of await store.sets()) here.push(...(await store.keys(keySet)));
    if (new Set(here).size !== here.length) this.broken.push(`a key is in two sets after ${after}`);
    for (const key of here) this.everHad.add(key);
    const aside = await filesUnder(join(paths.root, 'backups', 'replaced'));
    const ofNodes = await filesUnder(paths.nodes);
    for (const key of this.given) {
      if (!ofNodes.some((file) => file.endsWith(`${key}.json`)))
        this.broken.push(`${key.slice(0, 10)}, given to a client, is gone after ${after}`);
    }
    await this.lookForCopies(ofNodes, after);
    for (const key of this.everHad) {
      if (!here.includes(key) && !aside.some((file) => file.endsWith(`${key}.json`)))
        this.broken.push(`${key.slice(0, 10)} is gone after ${after}`);
    }
  }

  /** Whoever starts the program of a node by hand that has given a set away, finds no key of it there. */
  private async lookForCopies(ofNodes: readonly string[], after: string): Promise<void> {
    const store = keySetStore(this.services.paths);
    for (const keySet of sets) {
      const owner = await this.owners()
        .read(keySet)
        .catch(() => undefined);
      if (owner === undefined || owner.movingTo !== undefined) continue;
      const others = ofNodes.filter(
        (file) => !file.startsWith(`${owner.node}/`) && file.includes('/protection/'),
      );
      for (const key of await store.keys(keySet)) {
        const copy = others.find((file) => file.endsWith(`${key}.json`));
        if (copy !== undefined) this.broken.push(`${copy.slice(0, 40)} is a copy of a key after ${after}`);
      }
    }
  }
}

/** One that nobody has the secret of. */
function publicKey(number: number): PublicKey {
  return `0x8${number.toString(16).padStart(95, '0')}`;
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}
