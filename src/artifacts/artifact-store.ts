import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import type { DownloadProgress } from '../base/download.ts';
import { runCommand } from '../base/exec.ts';
import type { Log } from '../base/log.ts';
import type { InstalledProgram } from '../runtimes/runtime.ts';
import { type ArchiveLimits, createArchiveSource } from './archive-source.ts';
import {
  type ArtifactPlan,
  type ArtifactStore,
  type ArtifactWish,
  type ChosenArtifact,
  type PinnedArtifact,
  type Platform,
  platformNameOf,
} from './artifact.ts';
import { ArtifactKeeper } from './artifact-keeper.ts';
import { createBuiltinSource } from './builtin-source.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';
import { agrees, chosenText, originOf, pinnedText, wishedText } from './describe.ts';
import { artifactErrors } from './errors.ts';
import { isOnPath } from './host-program.ts';
import { createImageSource, type ImageStore } from './image-source.ts';
import { InstallFolder } from './install-folder.ts';
import { LockFile } from './lock-file.ts';
import { changeLock, type LockTurns } from './lock-turn.ts';
import { createNpmSource } from './npm-source.ts';
import { NpmTrees } from './npm-trees.ts';
import { type FetchTools, PartialDownloads } from './partial-download.ts';
import { createPathSource, type Execute } from './path-source.ts';
import type { ObtainRequest } from './source.ts';
import { heldTo, type Sources, sourceOf } from './sources.ts';
import { Stock } from './stock.ts';

export interface ArtifactStoreOptions {
  /** `artifacts` of a root. */
  readonly folder: string;
  /** `ephemery.lock` beside the configuration. */
  readonly lockPath: string;
  /** The Node that runs Node programs; ours. */
  readonly nodePath: string;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** The images of this host's container engine; absent where none is ever pinned. */
  readonly images?: () => Promise<ImageStore>;
  readonly fetch: Omit<FetchTools, 'clock'>;
  /** Told of the bytes of a download. */
  readonly onProgress?: (progress: DownloadProgress & { readonly client: string }) => void;
  /** For tests; generous unless told. */
  readonly limits?: ArchiveLimits;
  /** Pins nothing: for those who look without holding the root's lock. */
  readonly readOnly?: boolean;
  /** For tests; runs commands of the host unless told. */
  readonly execute?: Execute;
}

export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  return new Store(options, openParts(options).sources);
}

/** The same programs, for those who look after them. */
export function createArtifactKeeper(options: ArtifactStoreOptions): ArtifactKeeper {
  const { sources, stock, trees } = openParts(options);
  const platformName = platformNameOf(options.platform);
  const { lockPath, folder, clock, images } = options;
  return new ArtifactKeeper({
    lock: new LockFile(lockPath),
    trees,
    sources,
    stock,
    platformName,
    folder,
    clock,
    ...(images === undefined ? {} : { images }),
  });
}

function openParts(options: ArtifactStoreOptions) {
  const { env, clock, folder, nodePath } = options;
  const execute: Execute = options.execute ?? ((request) => runCommand({ ...request, env, clock }));
  const stock = new Stock({
    archives: new InstallFolder(join(folder, 'archive')),
    npm: new InstallFolder(join(folder, 'npm')),
    downloads: new PartialDownloads(join(folder, 'downloads'), { ...options.fetch, clock }),
  });
  const trees = new NpmTrees(options.lockPath);
  const hasProgram = (name: string) => isOnPath(name, env);
  const sources: Sources = {
    builtin: createBuiltinSource(nodePath),
    npm: createNpmSource({
      installs: stock.npm,
      nodePath,
      execute,
      ...(options.readOnly === true ? {} : { trees }),
    }),
    archive: createArchiveSource({ ...options, stock, hasProgram }),
    path: createPathSource(execute),
    image: createImageSource(options),
  };
  return { sources, stock, trees };
}

class Store implements ArtifactStore {
  private readonly lock: LockFile;
  private readonly turns: LockTurns;
  private readonly log: Log;
  private readonly sources: Sources;
  private readonly platformName: string;
  private readonly readOnly: boolean;
  /** Wishes for one program take turns, so that it is fetched once; one that takes long holds up no other. */
  private readonly obtaining = new Map<string, Promise<unknown>>();
  private pinning: Promise<unknown> = Promise.resolve();

  constructor(options: ArtifactStoreOptions, sources: Sources) {
    this.lock = new LockFile(options.lockPath);
    this.turns = { lock: this.lock, folder: options.folder, clock: options.clock };
    this.log = options.log;
    this.sources = sources;
    this.platformName = platformNameOf(options.platform);
    this.readOnly = options.readOnly === true;
  }

  async plan(wish: ArtifactWish): Promise<ArtifactPlan> {
    const { chosen, pinned } = await this.choose(wish);
    const what = `${wish.client.displayName} ${chosenText(chosen)}`;
    const installed = await sourceOf(this.sources, chosen).isInstalled(requestOf(wish, chosen, { pinned }));
    const about = { what, ...(chosen.version === undefined ? {} : { version: chosen.version }) };
    return installed
      ? { action: 'none', ...about }
      : { action: 'install', ...about, origin: originOf(chosen), program: absentProgram(wish, chosen) };
  }

  obtain(wish: ArtifactWish, signal?: AbortSignal): Promise<InstalledProgram> {
    const key = keyOf(wish);
    const mine = (this.obtaining.get(key) ?? Promise.resolve()).then(() => this.obtainNow(wish, signal));
    this.obtaining.set(
      key,
      mine.catch(() => undefined),
    );
    return mine;
  }

  private async obtainNow(wish: ArtifactWish, signal: AbortSignal | undefined): Promise<InstalledProgram> {
    signal?.throwIfAborted();
    const key = keyOf(wish);
    const { chosen, pinned } = await this.choose(wish);
    const request = requestOf(wish, chosen, { pinned, signal });
    if (!(await sourceOf(this.sources, chosen).isInstalled(request))) {
      this.log.info('program is being installed', { key, origin: originOf(chosen) });
    }
    const { program, pin } = await sourceOf(this.sources, chosen).obtain(request);
    if (pinned === undefined) await this.pin(key, pin);
    else await this.compare(key, pinned, pin);
    return program;
  }

  /** What a wish means, and the lock's entry for it. Throws EPH-ARTIFACT-LOCK-MISMATCH where they disagree. */
  private async choose(
    wish: ArtifactWish,
  ): Promise<{ readonly chosen: ChosenArtifact; readonly pinned: PinnedArtifact | undefined }> {
    const pinned = (await this.lock.read())[keyOf(wish)];
    const chosen = chooseArtifact(heldTo(wish, pinned), this.platformName);
    if (pinned === undefined || followsUs(pinned, wish)) return { chosen, pinned: undefined };
    if (agrees(pinned, chosen, this.platformName)) return { chosen, pinned };
    throw this.mismatch(keyOf(wish), pinnedText(pinned, this.platformName), wishedText(chosen));
  }

  private async compare(key: string, pinned: PinnedArtifact, pin: PinnedArtifact): Promise<void> {
    if (pinned.version !== pin.version)
      throw this.mismatch(key, pinnedText(pinned, this.platformName), pinnedText(pin, this.platformName));
    const addsPlatform =
      pinned.source === 'archive' &&
      pin.source === 'archive' &&
      pinned.platforms[this.platformName] === undefined;
    if (addsPlatform) await this.pin(key, pin);
  }

  /** The lock file is changed by one at a time. */
  private pin(key: string, pin: PinnedArtifact): Promise<void> {
    const mine = this.pinning.then(() => this.pinNow(key, pin));
    this.pinning = mine.catch(() => undefined);
    return mine;
  }

  private async pinNow(key: string, pin: PinnedArtifact): Promise<void> {
    if (this.readOnly) return;
    const before = (await this.lock.read())[key];
    if (before !== undefined && isDeepStrictEqual(before, pin)) return;
    await changeLock(this.turns, ({ programs, previous }) => ({
      programs: { ...programs, [key]: pin },
      previous,
    }));
    if (before?.source === 'builtin') {
      const facts = {
        key,
        before: pinnedText(before, this.platformName),
        now: pinnedText(pin, this.platformName),
      };
      this.log.warn('a program of this installation was upgraded with it, and is pinned anew', facts);
    } else this.log.info('program is pinned', { key, ...pin });
  }

  private mismatch(key: string, pinned: string, wished: string): Error {
    const facts = { key, pinned, wished, path: this.lock.path };
    return artifactErrors.create('EPH-ARTIFACT-LOCK-MISMATCH', facts);
  }
}

/** Nothing of it is on this host. */
function absentProgram({ client }: ArtifactWish, chosen: ChosenArtifact): InstalledProgram {
  const about = {
    client: client.displayName,
    version: chosen.version ?? 'not installed',
    absent: originOf(chosen),
  };
  if (chosen.source !== 'image') return { ...about, command: [] };
  const { repository, digest, command = [] } = chosen;
  return { ...about, command, ...(digest === undefined ? {} : { image: { repository, digest } }) };
}

function requestOf(
  wish: ArtifactWish,
  chosen: ChosenArtifact,
  more: { readonly pinned: PinnedArtifact | undefined; readonly signal?: AbortSignal | undefined },
): ObtainRequest<ChosenArtifact['source']> {
  return {
    client: wish.client.displayName,
    chosen,
    ...(more.pinned === undefined ? {} : { pinned: more.pinned }),
    ...(more.signal === undefined ? {} : { signal: more.signal }),
  };
}

/**
 * A builtin is whatever this installation brings: who upgraded us has chosen it. The entry records which one it was,
 * and follows, unless the configuration itself now names another source.
 */
function followsUs(pinned: PinnedArtifact, wish: ArtifactWish): boolean {
  return pinned.source === 'builtin' && wish.artifact === undefined;
}
