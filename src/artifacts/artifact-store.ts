import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { runCommand } from '../base/exec.ts';
import type { Log } from '../base/log.ts';
import type { InstalledProgram } from '../runtimes/runtime.ts';
import { createArchiveSource, type Download, type Unpack } from './archive-source.ts';
import {
  type ArtifactPlan,
  type ArtifactStore,
  type ArtifactWish,
  type ChosenArtifact,
  type PinnedArtifact,
  type Platform,
  platformNameOf,
} from './artifact.ts';
import { createBuiltinSource } from './builtin-source.ts';
import { chooseArtifact, keyOf, ownVersion } from './choose-artifact.ts';
import { artifactErrors } from './errors.ts';
import { createImageSource, type ImageStore } from './image-source.ts';
import { LockFile } from './lock-file.ts';
import { createNpmSource } from './npm-source.ts';
import { createPathSource, type Execute } from './path-source.ts';
import type { ArtifactSource, ObtainRequest } from './source.ts';

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
  readonly download: Download;
  readonly unpack: Unpack;
  /** The images of this host's container engine; absent where none is ever pinned. */
  readonly images?: () => Promise<ImageStore>;
  /** Pins nothing: for those who look without holding the root's lock. */
  readonly readOnly?: boolean;
  /** For tests; runs commands of the host unless told. */
  readonly execute?: Execute;
}

type Sources = { readonly [S in ChosenArtifact['source']]: ArtifactSource<S> };

export function createArtifactStore(options: ArtifactStoreOptions): ArtifactStore {
  const { env, clock } = options;
  const execute: Execute = options.execute ?? ((request) => runCommand({ ...request, env, clock }));
  return new Store(options, {
    builtin: createBuiltinSource(options.nodePath),
    npm: createNpmSource({ folder: join(options.folder, 'npm'), nodePath: options.nodePath, execute }),
    archive: createArchiveSource({ ...options, folder: join(options.folder, 'archive') }),
    path: createPathSource(execute),
    image: createImageSource(options),
  });
}

class Store implements ArtifactStore {
  private readonly lock: LockFile;
  private readonly log: Log;
  private readonly sources: Sources;
  private readonly platformName: string;
  private readonly readOnly: boolean;
  /** The lock file and the folders are changed by one wish at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: ArtifactStoreOptions, sources: Sources) {
    this.lock = new LockFile(options.lockPath);
    this.log = options.log;
    this.sources = sources;
    this.platformName = platformNameOf(options.platform);
    this.readOnly = options.readOnly === true;
  }

  async plan(wish: ArtifactWish): Promise<ArtifactPlan> {
    const chosen = chooseArtifact(wish, this.platformName);
    const pinned = await this.pinOf(wish, chosen);
    const what = `${wish.client.displayName} ${describe(chosen)}`;
    const installed = await this.from(chosen).isInstalled(requestOf(wish, chosen, { pinned }));
    return installed ? { action: 'none', what } : { action: 'install', what, origin: originOf(chosen) };
  }

  obtain(wish: ArtifactWish, signal?: AbortSignal): Promise<InstalledProgram> {
    const mine = this.turn.then(
      () => this.obtainNow(wish, signal),
      () => this.obtainNow(wish, signal),
    );
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async obtainNow(wish: ArtifactWish, signal: AbortSignal | undefined): Promise<InstalledProgram> {
    signal?.throwIfAborted();
    const chosen = chooseArtifact(wish, this.platformName);
    const key = keyOf(wish);
    const pinned = await this.pinOf(wish, chosen);
    const request = requestOf(wish, chosen, { pinned, signal });
    if (!(await this.from(chosen).isInstalled(request))) {
      this.log.info('program is being installed', { key, origin: originOf(chosen) });
    }
    const { program, pin } = await this.from(chosen).obtain(request);
    if (pinned === undefined) await this.pin(key, pin);
    else await this.compare(key, pinned, pin);
    return program;
  }

  /** The lock's entry, when it agrees with the wish. Throws EPH-ARTIFACT-LOCK-MISMATCH. */
  private async pinOf(wish: ArtifactWish, chosen: ChosenArtifact): Promise<PinnedArtifact | undefined> {
    const key = keyOf(wish);
    const pinned = (await this.lock.read())[key];
    if (pinned === undefined || agrees(pinned, chosen, this.platformName)) return pinned;
    throw this.mismatch(key, pinnedText(pinned), wishedText(chosen));
  }

  private async compare(key: string, pinned: PinnedArtifact, pin: PinnedArtifact): Promise<void> {
    if (pinned.version !== pin.version) throw this.mismatch(key, pinnedText(pinned), pinnedText(pin));
    const addsPlatform =
      pinned.source === 'archive' &&
      pin.source === 'archive' &&
      pinned.sha256[this.platformName] === undefined;
    if (addsPlatform) await this.pin(key, pin);
  }

  private async pin(key: string, pin: PinnedArtifact): Promise<void> {
    if (this.readOnly) return;
    await this.lock.write({ ...(await this.lock.read()), [key]: pin });
    this.log.info('program is pinned', { key, ...pin });
  }

  private mismatch(key: string, pinned: string, wished: string): Error {
    const facts = { key, pinned, wished, path: this.lock.path };
    return artifactErrors.create('EPH-ARTIFACT-LOCK-MISMATCH', facts);
  }

  private from(chosen: ChosenArtifact): ArtifactSource<ChosenArtifact['source']> {
    return this.sources[chosen.source] as unknown as ArtifactSource<ChosenArtifact['source']>;
  }
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

/** Whether a wish may mean what is pinned; a checksum that the configuration gives must be the pinned one. */
function agrees(pinned: PinnedArtifact, chosen: ChosenArtifact, platformName: string): boolean {
  if (pinned.source !== chosen.source || originOf(pinned) !== originOf(chosen)) return false;
  if (pinned.source === 'archive' && chosen.source === 'archive') {
    const held = pinned.sha256[platformName];
    return held === undefined || chosen.sha256 === undefined || held === chosen.sha256;
  }
  if (pinned.source === 'image' && chosen.source === 'image') {
    return chosen.digest === undefined ? pinned.tag === chosen.tag : pinned.digest === chosen.digest;
  }
  if (pinned.source === 'npm' && chosen.source === 'npm') {
    return chosen.integrity === undefined || chosen.integrity === pinned.integrity;
  }
  return true;
}

function originOf(artifact: PinnedArtifact | ChosenArtifact): string {
  switch (artifact.source) {
    case 'builtin':
    case 'npm':
      return artifact.package;
    case 'archive':
      return artifact.url;
    case 'image':
      return artifact.repository;
    case 'path':
      return artifact.path;
  }
}

function describe(chosen: ChosenArtifact): string {
  const version = chosen.version === ownVersion ? 'of this installation' : (chosen.version ?? 'as it is');
  return `${version} (${chosen.source})`;
}

function wishedText(chosen: ChosenArtifact): string {
  const sum =
    chosen.source === 'archive' ? chosen.sha256 : chosen.source === 'npm' ? chosen.integrity : undefined;
  return `${describe(chosen)} from ${originOf(chosen)}${sum === undefined ? '' : `, checksum ${sum}`}`;
}

function pinnedText(pinned: PinnedArtifact): string {
  const sums = pinned.source === 'archive' ? Object.values(pinned.sha256).join(' or ') : undefined;
  const sum = pinned.source === 'npm' ? pinned.integrity : sums;
  return `${pinned.version} (${pinned.source}) from ${originOf(pinned)}${sum === undefined ? '' : `, checksum ${sum}`}`;
}
