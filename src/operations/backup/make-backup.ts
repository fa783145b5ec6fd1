import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import { type GatheredFile, gatherFiles } from '../../backup/gather.ts';
import type { BackupLock } from '../../backup/lock.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';
import { type UnsoundKey, unsoundKeys } from '../../backup/unsound-keys.ts';
import { writeBackup } from '../../backup/write-backup.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { backupInstallation, backupName, readBackupName } from '../../core/backup/backup-name.ts';
import { keysIn } from '../../core/backup/difference.ts';
import type { BackupManifest, BehindProtection } from '../../core/backup/manifest.ts';
import { type BackupKeep, expiredBackups } from '../../core/backup/retention.ts';
import { beginBackupWork } from '../../storage/files/backup-work.ts';
import { openInstallation } from '../../storage/files/installation.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { type HeldKeys, heldKeys } from './held-keys.ts';
import { withKeysAtRest } from './keys-at-rest.ts';
import { asSafeFiles, type StoreInUse } from './stores-in-use.ts';

export interface MakeBackup {
  readonly lock: BackupLock;
  readonly targets: readonly BackupTarget[];
  /** What its configuration is; its file and lock file go into the backup. */
  readonly config?: EffectiveConfig | undefined;
  /** Older ones than these are removed from each target once the new one is there. */
  readonly keep?: BackupKeep | undefined;
  /** Which stores of slashing protection are written into now; none when absent. */
  readonly inUse?: () => Promise<readonly StoreInUse[]>;
  /** What is known to be behind already. */
  readonly behind?: readonly BehindProtection[];
  readonly signal?: AbortSignal;
  readonly onStep?: (doing: string) => void;
}

export interface MadeBackup {
  readonly name: string;
  readonly installation: string;
  readonly createdAtMs: number;
  readonly files: number;
  readonly bytes: number;
  /** Keystores of each set that can be restored, as far as that shows without opening them. */
  readonly keys: Readonly<Record<string, number>>;
  /** Keys of remote signers, of which it has the public keys alone, of each set that has any. */
  readonly remoteKeys: Readonly<Record<string, number>>;
  /** The other keystores; absent when there is none. While there is one, no older backup is removed. */
  readonly unsound?: readonly UnsoundKey[];
  /** Slashing protection that is older in it than the backup. */
  readonly behind: readonly BehindProtection[];
  readonly targets: readonly { readonly target: string; readonly removed: readonly string[] }[];
}

/**
 * Makes a backup of everything that cannot be made again and puts it into every target. Only commands that change keys
 * wait while it is gathered. Throws EPH-BACKUP-* and EPH-ROOT-LOCKED; a target that fails keeps what it had,
 * and is told when the others have the new one.
 */
export async function makeBackup(
  { paths, clock, random, host }: Pick<Services, 'paths' | 'clock' | 'random' | 'host'>,
  request: MakeBackup,
): Promise<MadeBackup> {
  const createdAtMs = clock.nowMs();
  const isRoot = await stat(paths.root).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT',
  );
  if (!isRoot) throw backupErrors.create('EPH-BACKUP-EMPTY', { root: paths.root });
  const { state, installation: id } = await openInstallation(paths, { random });
  const installation = backupInstallation(id);
  const name = backupName(createdAtMs, installation, Buffer.from(random.bytes(4)).toString('hex'));
  const work = await beginBackupWork(paths, 'outgoing');
  const into = work.path;
  const { lock, signal, onStep } = request;
  // A copy of a root bears the name of the one that it was made of, whose backups are not its to remove.
  const whose = state === 'bound' ? { nowMs: createdAtMs, installation } : undefined;
  const common = signal === undefined ? {} : { signal };
  try {
    const write = () =>
      whileStandingStill(request.inUse, into, async (inUse) => {
        onStep?.('Gathering');
        const { files, behind } = asSafeFiles(await filesOf(paths, request.config), inUse);
        onStep?.(`locking ${files.length} files`);
        const all = [...(request.behind ?? []), ...behind];
        const { version } = host;
        const remoteKeys = await remoteCounts(paths);
        return {
          manifest: await writeBackup({ files, behind: all, lock, createdAtMs, version, into, ...common }),
          remoteKeys,
          unsound: await unsoundKeys(files),
        };
      });
    const { manifest, remoteKeys, unsound } = await withKeysAtRest({ paths, clock, random, host }, write, {
      signal,
      onWait: onStep,
    });
    // An older one may be the last that has them whole.
    const kept = unsound.length === 0 ? request : { ...request, keep: undefined };
    const done = await store(into, name, { request: kept, whose });
    return {
      name,
      installation,
      createdAtMs,
      files: manifest.entries.length,
      bytes: manifest.entries.reduce((sum, { bytes }) => sum + bytes, 0),
      keys: soundCounts(manifest, unsound),
      remoteKeys,
      ...(unsound.length === 0 ? {} : { unsound }),
      behind: manifest.behind ?? [],
      targets: done,
    };
  } finally {
    await work.end();
  }
}

function soundCounts(manifest: BackupManifest, unsound: readonly UnsoundKey[]): MadeBackup['keys'] {
  const counts = [...keysIn(manifest)].map(([set, keys]) => {
    const others = unsound.filter(({ keySet }) => keySet === set).length;
    return [set, keys.length - others] as const;
  });
  return Object.fromEntries(counts);
}

/** Puts it into every target: one that fails is told once the others have it. */
async function store(
  file: string,
  name: string,
  { request, whose }: { readonly request: MakeBackup; readonly whose: Whose | undefined },
): Promise<MadeBackup['targets']> {
  const done = [];
  const failures: unknown[] = [];
  for (const target of request.targets) {
    request.onStep?.(`storing: ${target.name}`);
    try {
      await target.put(file, name, request.signal);
      done.push({ target: target.name, removed: await expire(target, { ...request, whose }) });
    } catch (thrown) {
      request.signal?.throwIfAborted();
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw failures[0];
  return done;
}

const mostTries = 5;

/** Does it again when a signer has begun or ended meanwhile: what was taken for still was then perhaps written into. */
async function whileStandingStill<T>(
  inUse: MakeBackup['inUse'],
  into: string,
  write: (inUse: readonly StoreInUse[]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const before = (await inUse?.()) ?? [];
    const written = await write(before);
    const after = (await inUse?.()) ?? [];
    if (JSON.stringify(before) === JSON.stringify(after)) return written;
    await rm(into, { force: true });
    if (tries >= mostTries) throw new RangeError('signers begin and end all the time');
  }
}

/** A list that cannot be read is in the backup as it is, and no reason to make none. */
async function remoteCounts({ keys }: RootPaths): Promise<Readonly<Record<string, number>>> {
  const held = await heldKeys(keys).catch((thrown) => {
    if (isEphemeryError(thrown, 'EPH-KEYS-REMOTE-LIST')) return new Map<string, HeldKeys>();
    throw thrown;
  });
  return Object.fromEntries(
    [...held].flatMap(([set, { remote }]) => (remote.length === 0 ? [] : [[set, remote.length]])),
  );
}

/** Throws EPH-BACKUP-EMPTY. */
async function filesOf(
  { root }: RootPaths,
  config: EffectiveConfig | undefined,
): Promise<readonly GatheredFile[]> {
  const files = await gatherFiles(root);
  if (files.length === 0) throw backupErrors.create('EPH-BACKUP-EMPTY', { root });
  return [...files, ...(await configFiles(config))];
}

async function configFiles(config: EffectiveConfig | undefined): Promise<readonly GatheredFile[]> {
  if (config?.file === undefined) return [];
  const beside = ['ephemery.lock', ...(await npmLocks(config.folder))];
  const files = [{ path: 'config/ephemery.yaml', source: config.file }];
  for (const name of beside) {
    const source = join(config.folder, name);
    const isFile = await stat(source).then(
      (facts) => facts.isFile(),
      () => false,
    );
    if (isFile) files.push({ path: `config/${name}`, source });
  }
  return files;
}

/** What npm installed with the programs of the lock file. */
async function npmLocks(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'ephemery.lock.d')).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => `ephemery.lock.d/${name}`);
}

interface Whose {
  readonly nowMs: number;
  readonly installation: string;
}

const partAgeMs = 3_600_000;

/** Removes old backups of an installation, and what an upload of its own that was killed left; returns the former. */
async function expire(
  target: BackupTarget,
  { keep, whose, signal }: Pick<MakeBackup, 'keep' | 'signal'> & { readonly whose: Whose | undefined },
): Promise<readonly string[]> {
  if (whose === undefined) return [];
  const names = await target.list(signal);
  const expired = keep === undefined ? [] : expiredBackups(names, keep, whose);
  const parts = names.filter((name) => {
    const read = name.endsWith('.part') ? readBackupName(name.slice(0, -'.part'.length)) : undefined;
    return read?.installation === whose.installation && whose.nowMs - read.createdAtMs > partAgeMs;
  });
  for (const name of [...expired, ...parts]) await target.remove(name, signal);
  return expired;
}
