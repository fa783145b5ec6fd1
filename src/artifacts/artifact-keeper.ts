import { isDeepStrictEqual } from 'node:util';
import type { ArtifactWish, ChosenArtifact, PinnedArtifact } from './artifact.ts';
import { type ArtifactStatus, chosenOrProblem, statusOf } from './artifact-status.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';
import { agrees, pinnedSum, pinnedText, wishedText } from './describe.ts';
import { artifactErrors } from './errors.ts';
import type { ImageStore } from './image-source.ts';
import type { LockContent, Pins } from './lock-file.ts';
import { changeLock, type LockTurns } from './lock-turn.ts';
import type { NpmTrees } from './npm-trees.ts';
import { heldTo, type Sources, sourceOf } from './sources.ts';
import type { Stock } from './stock.ts';
import { imagesLeftBehind, leftBehind, type Unneeded } from './unneeded.ts';
import { type Verification, verifyInstalled } from './verify-installed.ts';

/** One entry of the lock file that would be another, or would come or go. */
export interface ArtifactChange {
  readonly key: string;
  readonly kind: 'added' | 'changed' | 'dropped';
  readonly from?: string;
  readonly to?: string;
}

export interface ArtifactUpdate {
  readonly changes: readonly ArtifactChange[];
  /** Whether the entries before the last update are kept, and can be gone back to. */
  readonly canGoBack: boolean;
}

export interface KeeperOptions extends LockTurns {
  readonly sources: Sources;
  readonly stock: Stock;
  readonly trees: NpmTrees;
  readonly platformName: string;
  /** The images of this host's container engine. */
  readonly images?: () => Promise<ImageStore>;
}

/** Looks after the programs of a configuration: what is there, whether it is what is pinned, what could go. */
export class ArtifactKeeper {
  private readonly options: KeeperOptions;

  constructor(options: KeeperOptions) {
    this.options = options;
  }

  get lockPath(): string {
    return this.options.lock.path;
  }

  async list(wishes: readonly ArtifactWish[]): Promise<readonly ArtifactStatus[]> {
    const pins = await this.options.lock.read();
    return Promise.all(distinct(wishes).map((wish) => statusOf(wish, pins[keyOf(wish)], this.options)));
  }

  async verify(wishes: readonly ArtifactWish[]): Promise<readonly Verification[]> {
    const pins = await this.options.lock.read();
    const verified: Verification[] = [];
    for (const wish of distinct(wishes)) {
      verified.push(await verifyInstalled(wish, pins[keyOf(wish)], this.options));
    }
    return verified;
  }

  /**
   * What an update would change in the lock file. Of an image by its tag, what the registry has now is pulled, because
   * an engine tells the digest of nothing else; other programs are not fetched. Throws when it cannot be had.
   */
  async planUpdate(wishes: readonly ArtifactWish[], signal?: AbortSignal): Promise<ArtifactUpdate> {
    const { programs, previous } = await this.options.lock.readAll();
    const changes = await this.changes(distinct(wishes), programs, signal);
    return { changes, canGoBack: previous !== undefined };
  }

  /**
   * Installs what an update brings and pins it, in one step once all of it is there; the entries before are kept.
   * Throws EPH-ARTIFACT-*, also when somebody else changed the file meanwhile, and leaves the lock file as it was.
   */
  async update(wishes: readonly ArtifactWish[], signal: AbortSignal): Promise<ArtifactUpdate> {
    const { programs } = await this.options.lock.readAll();
    const changes = await this.changes(distinct(wishes), programs, signal);
    if (changes.length === 0) return this.planUpdate(wishes);
    const next: Record<string, PinnedArtifact> = {};
    for (const wish of distinct(wishes)) {
      const key = keyOf(wish);
      const pinned = programs[key];
      const isKept = pinned !== undefined && !changes.some((change) => change.key === key);
      next[key] = isKept ? pinned : await this.freshPin(wish, pinned, signal);
    }
    signal.throwIfAborted();
    await changeLock(this.options, (now) => {
      if (isDeepStrictEqual(now.programs, programs)) return { programs: next, previous: programs };
      const problem = 'it was changed by another process while programs were installed';
      throw artifactErrors.create('EPH-ARTIFACT-LOCK-BUSY', { path: this.lockPath, problem });
    });
    return { changes, canGoBack: true };
  }

  /** What going back would change. Throws EPH-ARTIFACT-NO-PREVIOUS. */
  async planBack(): Promise<ArtifactUpdate> {
    const { programs, previous } = this.withPrevious(await this.options.lock.readAll());
    return { changes: this.differences(programs, previous), canGoBack: true };
  }

  /** Puts back the entries from before the last update, and keeps those of now in their place. */
  async back(): Promise<ArtifactUpdate> {
    let changes: readonly ArtifactChange[] = [];
    await changeLock(this.options, (now) => {
      const { programs, previous } = this.withPrevious(now);
      changes = this.differences(programs, previous);
      return { programs: previous, previous: programs };
    });
    return { changes, canGoBack: true };
  }

  /** What is installed and neither pinned, nor pinned before the last update, nor of a version in `inUse`. */
  async unneeded(wishes: readonly ArtifactWish[], inUse: ReadonlySet<string>): Promise<readonly Unneeded[]> {
    const { programs, previous } = await this.options.lock.readAll();
    // One that can be had from nowhere needs nothing that is installed.
    const chosen = wishes.flatMap((wish) => {
      const choice = chosenOrProblem(heldTo(wish, programs[keyOf(wish)]), this.options.platformName);
      return 'chosen' in choice ? [choice.chosen] : [];
    });
    const pins = [...Object.values(programs), ...Object.values(previous ?? {})];
    const needs = { pins, chosen, inUse, platformName: this.options.platformName };
    return [
      ...(await leftBehind(this.options.stock, needs)),
      ...(await imagesLeftBehind(this.options, needs)),
    ];
  }

  /** What is gone then: an image that a container uses stays. */
  async remove(items: readonly Unneeded[]): Promise<readonly Unneeded[]> {
    const removed: Unneeded[] = [];
    for (const item of items) {
      if (item.image === undefined) await this.options.stock.remove(item.path);
      else if ((await (await this.options.images?.())?.remove(item.image)) !== true) continue;
      removed.push(item);
    }
    const { programs, previous } = await this.options.lock.readAll();
    const pins = [...Object.values(programs), ...Object.values(previous ?? {})];
    await this.options.trees.keepOnly(pins.filter((pin) => pin.source === 'npm'));
    return removed;
  }

  private withPrevious({ programs, previous }: LockContent): {
    readonly programs: Pins;
    readonly previous: Pins;
  } {
    if (previous !== undefined) return { programs, previous };
    throw artifactErrors.create('EPH-ARTIFACT-NO-PREVIOUS', { path: this.lockPath });
  }

  private async changes(
    wishes: readonly ArtifactWish[],
    programs: Pins,
    signal: AbortSignal | undefined,
  ): Promise<readonly ArtifactChange[]> {
    const changes: ArtifactChange[] = [];
    for (const wish of wishes) {
      const change = await this.change(wish, programs[keyOf(wish)], signal);
      if (change !== undefined) changes.push(change);
    }
    const wanted = new Set(wishes.map(keyOf));
    const dropped = Object.entries(programs).filter(([key]) => !wanted.has(key));
    for (const [key, pin] of dropped) changes.push({ key, kind: 'dropped', from: this.text(pin) });
    return changes;
  }

  private async change(
    wish: ArtifactWish,
    pinned: PinnedArtifact | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ArtifactChange | undefined> {
    const key = keyOf(wish);
    const chosen = this.chosen(wish);
    if (pinned === undefined) return { key, kind: 'added', to: wishedText(chosen) };
    const from = this.text(pinned);
    if (!agrees(pinned, chosen, this.options.platformName)) {
      return { key, kind: 'changed', from, to: wishedText(chosen) };
    }
    if (!mayBeAnother(chosen)) return undefined;
    const pin = await this.pinNow(wish, signal);
    const isSame = pinned.source === 'image' || pin.version === pinned.version;
    return isSame && this.sum(pin) === this.sum(pinned)
      ? undefined
      : { key, kind: 'changed', from, to: this.text(pin) };
  }

  private async freshPin(
    wish: ArtifactWish,
    pinned: PinnedArtifact | undefined,
    signal: AbortSignal,
  ): Promise<PinnedArtifact> {
    const pin = await this.pinNow(wish, signal);
    const isSame = pinned?.source === 'archive' && pin.source === 'archive' && pinned.version === pin.version;
    return isSame ? { ...pin, platforms: { ...pinned.platforms, ...pin.platforms } } : pin;
  }

  private async pinNow(wish: ArtifactWish, signal: AbortSignal | undefined): Promise<PinnedArtifact> {
    const chosen = this.chosen(wish);
    const asked = { client: wish.client.displayName, chosen, anew: true as const };
    const source = sourceOf(this.options.sources, chosen);
    return (await source.obtain(signal === undefined ? asked : { ...asked, signal })).pin;
  }

  private sum(pin: PinnedArtifact): string | undefined {
    return pinnedSum(pin, this.options.platformName);
  }

  private differences(from: Pins, to: Pins): readonly ArtifactChange[] {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key): ArtifactChange[] => {
      const [old, next] = [from[key], to[key]];
      if (old === undefined) return next === undefined ? [] : [{ key, kind: 'added', to: this.text(next) }];
      if (next === undefined) return [{ key, kind: 'dropped', from: this.text(old) }];
      if (JSON.stringify(old) === JSON.stringify(next)) return [];
      return [{ key, kind: 'changed', from: this.text(old), to: this.text(next) }];
    });
  }

  private chosen(wish: ArtifactWish): ChosenArtifact {
    return chooseArtifact(wish, this.options.platformName);
  }

  private text(pin: PinnedArtifact): string {
    return pinnedText(pin, this.options.platformName);
  }
}

/** A program of the host changes under its path, and an image under its tag. */
function mayBeAnother(chosen: ChosenArtifact): boolean {
  if (chosen.source === 'image') return chosen.digest === undefined;
  return chosen.source === 'builtin' || chosen.source === 'path';
}

/** Nodes that want the same program want one. */
function distinct(wishes: readonly ArtifactWish[]): readonly ArtifactWish[] {
  return [...new Map(wishes.map((wish) => [keyOf(wish), wish])).values()];
}
