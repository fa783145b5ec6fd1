import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEphemeryError } from '../../src/base/errors.ts';
import { readBackupName } from '../../src/core/backup/backup-name.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { importKeys } from '../../src/operations/keys/import-keys.ts';
import { keySetStore } from '../../src/operations/keys/key-sets.ts';
import { openKeys } from '../../src/operations/keys/open-keys.ts';
import { vouches } from '../../src/operations/validators/protection-here.ts';
import { KeyOwners } from '../../src/storage/files/key-owners.ts';
import { openLayout, prepareRoot } from '../../src/storage/files/layout.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { type BackupHost, backupHost } from '../support/backup-host.ts';
import { Killed, killedAtChange } from '../support/file-death.ts';

export const sets = ['main', 'spare'] as const;
type SetName = (typeof sets)[number];
type Sets = ReadonlyMap<string, readonly PublicKey[]>;

/** What may happen to one of two hosts that share a place of backups. */
export type BackupDeed =
  | { readonly deed: 'import'; readonly source: number; readonly into: SetName }
  | { readonly deed: 'backup'; readonly keep: number }
  | { readonly deed: 'restore'; readonly replace: boolean; readonly only?: SetName | undefined }
  | { readonly deed: 'drill' }
  | { readonly deed: 'sign' }
  | { readonly deed: 'lose'; readonly what: 'keys' | 'nodes' | SetName | 'owners' }
  | { readonly deed: 'reset' };

const hour = 3_600_000;
const watch = { signal: new AbortController().signal, onProgress: () => undefined };

/** One of the hosts: real operations on a real folder, and what is known of it beside the disk. */
export class BackupLife {
  readonly broken: string[] = [];
  readonly counts = { kills: 0, restores: 0, backups: 0 };
  private readonly host: BackupHost;
  private readonly sources: readonly string[];
  /** What each backup of ours was made of. */
  private readonly made = new Map<string, Sets>();
  private iteration = 1;

  private constructor(host: BackupHost, sources: readonly string[]) {
    this.host = host;
    this.sources = sources;
  }

  static async begin(sources: readonly string[], beside?: BackupLife): Promise<BackupLife> {
    return new BackupLife(await backupHost(beside?.host.target), sources);
  }

  end(): Promise<void> {
    return this.host.remove();
  }

  /** Does one thing, killed at that change of the disk if given, and looks at what must hold. */
  async act(deed: BackupDeed, killAt: number | undefined): Promise<void> {
    const [before, targetBefore] = [await this.here(), await this.backups()];
    this.host.clock.jump(2 * hour);
    const attempt = () => this.attempt(deed, before);
    const killed =
      killAt === undefined ? await attempt().then(() => false) : await killedAtChange(killAt, attempt);
    if (killed) await this.afterKill();
    await this.noteBackups(before);
    this.compare(deed, before, await this.here());
    this.compareTarget(targetBefore, await this.backups());
  }

  /** Every key that is here opens by what lies beside it. */
  async prove(): Promise<number> {
    const places = [...(await this.here())].flatMap(([keySet, keys]) => keys.map((key) => ({ key, keySet })));
    return (await openKeys(this.host.services, { places }, watch)).length;
  }

  private async attempt(deed: BackupDeed, before: Sets): Promise<void> {
    try {
      await this.perform(deed, before);
    } catch (thrown) {
      if (!isEphemeryError(thrown) || thrown.cause instanceof Killed) throw thrown;
    }
  }

  private async perform(deed: BackupDeed, before: Sets): Promise<void> {
    const { host } = this;
    switch (deed.deed) {
      case 'import': {
        const from = this.sources[deed.source % this.sources.length] ?? '';
        const wish = { from, keySet: deed.into, dryRun: false, backup: { noBackup: true } };
        await importKeys(host.services, wish, watch);
        return;
      }
      case 'backup': {
        const { name } = await host.make({ keep: { count: deed.keep, ageMs: 0 } });
        this.made.set(name, before);
        this.counts.backups += 1;
        return;
      }
      case 'restore':
        return this.restore(deed);
      case 'drill':
        await host.drill();
        return;
      case 'sign':
        return this.sign();
      case 'lose':
        return this.lose(deed.what);
      case 'reset':
        this.iteration += 1;
    }
  }

  private async restore({ replace, only }: Extract<BackupDeed, { deed: 'restore' }>): Promise<void> {
    const chosen = await this.host.choose();
    await chosen.end();
    const { name } = chosen;
    const wanted = this.made.get(name);
    if (wanted === undefined) this.broken.push(`${name} is restored here and was not made here`);
    const [before, records] = [await this.here(), await this.records()];
    await this.host.restore({ replace, ...(only === undefined ? {} : { keySets: [only] }) }, name);
    this.counts.restores += 1;
    const now = await this.here();
    for (const keySet of sets) {
      const isRestored = wanted?.has(keySet) === true && (only === undefined || only === keySet);
      const expected = (isRestored ? wanted?.get(keySet) : before.get(keySet)) ?? [];
      if (String(now.get(keySet) ?? []) !== String(expected))
        this.broken.push(`${keySet} is not what ${name} should have made of it`);
    }
    await this.lookAtTrust(records);
  }

  /** After a restore a record is trusted only if it was here before, and its own protection too. */
  private async lookAtTrust(before: ReadonlyMap<string, string>): Promise<void> {
    const owners = new KeyOwners(this.host.paths.keys);
    for (const [keySet, text] of await this.records()) {
      const { signed } = (await owners.read(keySet)) ?? {};
      if (signed === undefined || signed.keysFingerprint === 'restored') continue;
      if (before.get(keySet) !== text)
        this.broken.push(`the record of ${keySet} is of the backup, and trusted`);
      if (!(await vouches(new FileNodeStore(this.host.paths, 'home'), 'home', signed)))
        this.broken.push(`the record of ${keySet} is trusted without its protection`);
    }
  }

  private async records(): Promise<ReadonlyMap<string, string>> {
    const owners = new KeyOwners(this.host.paths.keys);
    const all = await Promise.all(
      sets.map(async (keySet) => [keySet, JSON.stringify(await owners.read(keySet))] as const),
    );
    return new Map(all.filter(([, text]) => text !== undefined));
  }

  /** As a signer leaves it that ran on this iteration for an hour. */
  private async sign(): Promise<void> {
    const { paths, clock } = this.host;
    const genesisValidatorsRoot = `0x${this.iteration.toString(16).padStart(2, '0')}${'0'.repeat(62)}`;
    const store = new FileNodeStore(paths, 'home');
    const { stores } = await store.protection();
    const own = stores.filter((each) => each.genesisValidatorsRoot === genesisValidatorsRoot);
    const number = Math.max(0, ...own.map((each) => each.number)) + 1;
    const opened = { genesisValidatorsRoot, client: 'toy', number };
    await store.openProtection(opened, async () => undefined);
    await writeFile(join(store.protectionPath(opened), 'signed.db'), `${clock.nowMs()}`);
    const owners = new KeyOwners(paths.keys);
    for (const keySet of (await this.here()).keys()) {
      const signed = {
        genesisValidatorsRoot,
        iteration: this.iteration,
        keysFingerprint: 'f',
        startedAtMs: clock.nowMs(),
        endedAtMs: clock.nowMs(),
      };
      await owners.write(keySet, { node: 'home', installation: 'ours', signed });
    }
  }

  private async lose(what: Extract<BackupDeed, { deed: 'lose' }>['what']): Promise<void> {
    const { keys, nodes } = this.host.paths;
    if (what === 'owners') {
      for (const keySet of sets) await rm(join(keys, keySet, 'owner.json'), { force: true });
      return;
    }
    const gone = what === 'keys' ? keys : what === 'nodes' ? nodes : join(keys, what);
    await rm(gone, { recursive: true, force: true });
  }

  private async afterKill(): Promise<void> {
    const { paths } = this.host;
    this.counts.kills += 1;
    for (const lock of [paths.lock, join(paths.keys, '.lock')]) await rm(lock, { force: true });
    await prepareRoot(paths);
    await openLayout(paths);
  }

  /** Of a backup that was killed after it had reached its place. */
  private async noteBackups(before: Sets): Promise<void> {
    for (const name of await this.backups()) {
      if (this.made.has(name)) continue;
      if ((await this.isOurs(name)) === true) this.made.set(name, before);
    }
  }

  private async isOurs(name: string): Promise<boolean> {
    const text = await readdir(this.host.paths.root).then((names) => names.includes('installation.json'));
    if (!text) return false;
    const { installation } = readBackupName(name) ?? {};
    return installation !== undefined && (await this.installation()).startsWith(installation);
  }

  private async installation(): Promise<string> {
    const { installationId } = await import('../../src/storage/files/installation.ts');
    return (await installationId(this.host.paths)) ?? '';
  }

  private compare(deed: BackupDeed, before: Sets, after: Sets): void {
    const [old, now] = [[...before.values()].flat(), [...after.values()].flat()];
    if (new Set(now).size !== now.length) this.broken.push(`a key is in two sets after ${deed.deed}`);
    const gone = old.filter((key) => !now.includes(key));
    const mayGo = deed.deed === 'lose' || (deed.deed === 'restore' && deed.replace);
    if (gone.length > 0 && !mayGo) this.broken.push(`${gone.length} keys are gone after ${deed.deed}`);
    const come = now.filter((key) => !old.includes(key));
    if (come.length > 0 && deed.deed !== 'import' && deed.deed !== 'restore')
      this.broken.push(`${come.length} keys came with ${deed.deed}`);
  }

  /** Backups of others stay, and ours never all go. */
  private compareTarget(before: readonly string[], after: readonly string[]): void {
    const others = before.filter((name) => !this.made.has(name));
    if (!others.every((name) => after.includes(name))) this.broken.push("another host's backup is gone");
    const had = before.some((name) => this.made.has(name));
    if (had && !after.some((name) => this.made.has(name)))
      this.broken.push('the last backup of ours is gone');
  }

  private async here(): Promise<Sets> {
    const store = keySetStore(this.host.paths);
    const found = await Promise.all(
      sets.map(async (keySet) => [keySet, [...(await store.keys(keySet))].sort()] as const),
    );
    return new Map(found.filter(([, keys]) => keys.length > 0));
  }

  private async backups(): Promise<readonly string[]> {
    const names = await readdir(this.host.target).catch(() => []);
    return names.filter((name) => readBackupName(name) !== undefined);
  }
}
