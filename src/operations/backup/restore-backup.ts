import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import type { BackupKey } from '../../backup/lock.ts';
import { openBackup } from '../../backup/open-backup.ts';
import { type ProveKeysOptions, proveKeys } from '../../backup/prove-keys.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { differenceOf, type KeySetDifference } from '../../core/backup/difference.ts';
import type { BackupManifest, BehindProtection } from '../../core/backup/manifest.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { beginBackupWork } from '../../storage/files/backup-work.ts';
import { beginStaging, commitRestore, dropStaging } from '../../storage/files/pending-restore.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { asOnlyUser } from '../direct/act.ts';
import { withKeyLockAfterBackup } from '../keys/key-sets.ts';
import type { Services } from '../services.ts';
import { signersOf, withdrawKeys } from '../validators/withdraw-keys.ts';
import { type BackupChoice, backUpBefore } from './backup-before.ts';
import { keepBothProtections } from './both-protections.ts';
import type { ChosenBackup } from './choose-backup.ts';
import { allOf, completeSets, type HeldKeys, heldKeys } from './held-keys.ts';
import { keepOwners } from './restored-owners.ts';
import { dropCopies, hasConfig, leaveOnly } from './staged-content.ts';

export interface RestoreRequest {
  readonly backup: ChosenBackup;
  readonly key: BackupKey;
  /** Only these key sets, and nothing else of the backup; everything when absent. */
  readonly keySets?: readonly string[] | undefined;
  /** Keys that are here and not in the backup may go: the folder that is replaced is kept aside. */
  readonly replace: boolean;
  /** Prove and show alone, which nobody need be away for. */
  readonly dryRun?: boolean | undefined;
  /** No configuration is in effect, and the backup's one is to be. */
  readonly bringConfig?: boolean;
  /** Of what is here, before it is replaced. */
  readonly before: BackupChoice;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (doing: string) => void;
  /** Shown the difference once every key is proven; nothing is changed unless it says so. */
  readonly decide: (preview: RestorePreview) => Promise<boolean>;
  readonly publicKeyOf: ProveKeysOptions['publicKeyOf'];
}

export interface RestoredSet extends KeySetDifference {
  /** Of the backup's keys those whose secrets a remote signer has: nothing of them can be proven. */
  readonly remote: readonly PublicKey[];
}

export interface RestorePreview {
  readonly backup: string;
  readonly createdAtMs: number;
  readonly proven: number;
  readonly keySets: readonly RestoredSet[];
  /** Node identities and protection stores of the backup; what is here already stays as it is, beside them. */
  readonly otherFiles: number;
  /** Protection that was older than the backup when it was made. */
  readonly behind: readonly BehindProtection[];
}

export interface RestoreReport extends RestorePreview {
  readonly restored: boolean;
  /** Where the folders that were replaced are kept, when any was. */
  readonly aside?: string;
  /** Where the configuration of the backup was put, as none was in effect. */
  readonly config?: string;
  /** The backup that was made of what was here before. */
  readonly before?: string;
}

/**
 * Restores a backup, as the root's only user: laid out beside, every key proven, shown, and only then swapped in,
 * set by set; a kill in the middle is finished by the next command. What is here is backed up before. Throws EPH-BACKUP-*,
 * EPH-ROOT-LOCKED; EPH-BACKUP-SIGNER-RUNS where a validator client or signer outlived its supervisor.
 */
export function restoreBackup(services: Services, request: RestoreRequest): Promise<RestoreReport> {
  if (request.dryRun === true) return onlyLook(services, request);
  const purpose = 'keys restore';
  const act = async () => {
    await refuseSigners(services);
    const staged = await beginStaging(services.paths);
    try {
      return await restoreFrom(services, request, staged);
    } finally {
      await dropStaging(services.paths);
    }
  };
  const { signal, onStep: onWait } = request;
  // An import needs no lock of the root, and changes the same sets.
  return asOnlyUser(services, purpose, () =>
    withKeyLockAfterBackup(services, purpose, { act, signal, onWait }),
  );
}

/** In a place of its own: it changes nothing, so that nobody need be away for it. */
async function onlyLook(services: Services, request: RestoreRequest): Promise<RestoreReport> {
  const { paths } = services;
  // A restore that was cut short is finished first, as by any command. Whoever holds the root has done that already.
  await asOnlyUser(services, 'keys restore', async () => undefined).catch((thrown: unknown) => {
    if (!isEphemeryError(thrown, 'EPH-ROOT-LOCKED')) throw thrown;
  });
  const work = await beginBackupWork(paths, 'scratch');
  try {
    await mkdir(work.path, { mode: 0o700 });
    return { ...(await provenPreview(paths, request, work.path)), restored: false };
  } finally {
    await work.end();
  }
}

/** Lays the backup out, and proves every key of it. */
async function provenPreview(
  paths: RootPaths,
  request: RestoreRequest,
  staged: string,
): Promise<RestorePreview> {
  const { backup, signal, key, onStep } = request;
  const { name, file } = backup;
  onStep?.(`opening ${name}`);
  const common = signal === undefined ? {} : { signal };
  const manifest = await openBackup({ file, name, key, into: staged, ...common });
  const preview = await previewOf(paths, { ...request, staged, manifest });
  refuseLoss(preview, request.replace);
  return preview;
}

/** A client outlives its supervisor, and signs with keys that it has read: what is replaced under it would say otherwise. */
async function refuseSigners(services: Services): Promise<void> {
  const nodes = await readdir(services.paths.nodes).catch(() => []);
  const signing: string[] = [];
  for (const node of nodes) if ((await signersOf(services, node)) === 'running') signing.push(node);
  if (signing.length > 0) throw backupErrors.create('EPH-BACKUP-SIGNER-RUNS', { nodes: signing });
}

async function restoreFrom(
  services: Services,
  request: RestoreRequest,
  staged: string,
): Promise<RestoreReport> {
  const { signal, onStep } = request;
  const common = signal === undefined ? {} : { signal };
  const preview = await provenPreview(services.paths, request, staged);
  if (!(await request.decide(preview))) return { ...preview, restored: false };
  const watch = { ...common, onProgress: (doing: string) => onStep?.(doing) };
  const before = await backUpBefore(services, { ...request.before, purpose: 'keys restore' }, watch);
  const config = request.bringConfig === true && (await hasConfig(staged));
  const report = await swap(services, { preview, config }, staged);
  return before === undefined ? report : { ...report, before };
}

async function previewOf(
  paths: RootPaths,
  {
    manifest,
    staged,
    ...request
  }: RestoreRequest & { readonly staged: string; readonly manifest: BackupManifest },
): Promise<RestorePreview> {
  const all = await heldKeys(join(staged, 'keys'));
  const wanted = request.keySets ?? [...all.keys()];
  const missing = wanted.find((keySet) => !all.has(keySet));
  if (missing !== undefined)
    throw backupErrors.create('EPH-BACKUP-NONE', {
      wanted: `of the key set ${missing}`,
      target: request.backup.name,
    });
  const sets = new Map([...all].filter(([keySet]) => wanted.includes(keySet)));
  if (request.keySets !== undefined) await leaveOnly(staged, wanted);
  const { publicKeyOf, signal, onStep } = request;
  const proven = await proveKeys({
    backup: request.backup.name,
    keysFolder: join(staged, 'keys'),
    keys: new Map([...sets].map(([keySet, { local }]) => [keySet, local])),
    publicKeyOf,
    onProgress: (done, of) => onStep?.(`proving keys: ${done} of ${of}`),
    ...(signal === undefined ? {} : { signal }),
  });
  const here = await heldKeys(paths.keys, wanted);
  refuseElsewhere(sets, here);
  return {
    backup: request.backup.name,
    createdAtMs: manifest.createdAtMs,
    proven,
    keySets: [...sets].map(([keySet, own]) => ({
      ...differenceOf(keySet, allOf(own), allOf(here.get(keySet) ?? { local: [], remote: [] })),
      remote: own.remote,
    })),
    otherFiles:
      request.keySets === undefined
        ? manifest.entries.filter(({ path }) => path.startsWith('nodes/')).length
        : 0,
    behind: request.keySets === undefined ? (manifest.behind ?? []) : [],
  };
}

/** A key is in one set only: else two nodes could be given it. */
function refuseElsewhere(restored: ReadonlyMap<string, HeldKeys>, here: ReadonlyMap<string, HeldKeys>): void {
  for (const [keySet, keys] of restored) {
    for (const [holder, held] of here) {
      if (holder === keySet || restored.has(holder)) continue;
      const others = new Set(allOf(held));
      const key = allOf(keys).find((one) => others.has(one));
      if (key !== undefined) throw backupErrors.create('EPH-BACKUP-KEYS-ELSEWHERE', { keySet, key, holder });
    }
  }
}

function refuseLoss({ keySets }: RestorePreview, replace: boolean): void {
  const lossy = keySets.find(({ lost }) => lost.length > 0);
  if (lossy === undefined || replace) return;
  throw backupErrors.create('EPH-BACKUP-KEYS-LOST', { keySet: lossy.keySet, lost: lossy.lost.length });
}

async function swap(
  services: Services,
  { preview, config }: { readonly preview: RestorePreview; readonly config: boolean },
  staged: string,
): Promise<RestoreReport> {
  const { paths, clock, random, clients } = services;
  const keySets = preview.keySets.map(({ keySet }) => keySet);
  await completeSets(join(staged, 'keys'), keySets);
  await keepOwners(paths, join(staged, 'keys'), keySets);
  const date = new Date(clock.nowMs())
    .toISOString()
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '-')
    .slice(0, 19);
  // Of its own: a folder that is there already could not be replaced, and the restore never be finished.
  const aside = `${date}-${Buffer.from(random.bytes(4)).toString('hex')}`;
  await keepBothProtections(paths, staged);
  await dropCopies(paths, staged, clients);
  // The record that comes back may name another node than the one that had them last.
  for (const node of await readdir(paths.nodes).catch(() => [])) await withdrawKeys(services, node);
  const replacesAny = preview.keySets.some(({ same, lost }) => same.length + lost.length > 0);
  await commitRestore(paths, { keySets, aside, config });
  const kept = replacesAny ? { aside: join(paths.root, 'backups', 'replaced', aside) } : {};
  const placed = config ? { config: join(paths.root, 'ephemery.yaml') } : {};
  return { ...preview, ...kept, ...placed, restored: true };
}
