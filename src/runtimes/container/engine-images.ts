import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { FetchListener } from '../../base/fetches.ts';
import type { Log } from '../../base/log.ts';
import type { Engine } from './engine.ts';
import { statusOf, unlessMissing } from './engine-refusal.ts';
import { isKeepName, keepName } from './keep-name.ts';
import { type PullProgress, pullImage } from './pull-image.ts';
import type { PulledImage, PulledImages } from './pulled-images.ts';

/** An image as a repository publishes it, by content. */
export interface PinnedImage {
  /** Without tag: `docker.io/ethereum/client-go`. */
  readonly repository: string;
  /** `sha256:…`: of its manifest, or of the image itself where it was never in a registry. */
  readonly digest: string;
}

interface ImageTools {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each step of a pull. */
  readonly onFetch?: FetchListener;
  /** The id of the root, for its names on images. */
  readonly home: string;
  /** Where those that we bring in are written down. */
  readonly pulled?: PulledImages;
}

/** An image that we pulled or keep, and that the engine still has. */
export interface OwnImage extends PulledImage {
  /** What becomes free when it goes: nothing where others have given it a name too. */
  readonly bytes: number;
  /** By a container, running or ended, whose ever it is; or another home keeps it, and it is not ours alone to remove. */
  readonly isUsed: boolean;
}

const toldEveryMs = 5_000;

/** The images of an engine. */
export class EngineImages {
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly onFetch: FetchListener | undefined;
  private readonly home: string;
  private readonly record: PulledImages | undefined;

  constructor(engine: Engine, { clock, log, onFetch, home, pulled }: ImageTools) {
    this.engine = engine;
    this.clock = clock;
    this.log = log;
    this.onFetch = onFetch;
    this.home = home;
    this.record = pulled;
  }

  /** How the engine knows an image that it has; undefined when it does not have it. Throws EPH-RUNTIME-UNREACHABLE. */
  async find({ repository, digest }: PinnedImage): Promise<string | undefined> {
    for (const name of [`${repository}@${digest}`, digest]) {
      const found = await this.inspect(name);
      if (found !== undefined) return name;
    }
    return undefined;
  }

  /** The digest of what the engine has under a tag; undefined when it has nothing. */
  async digestOf(repository: string, tag: string): Promise<string | undefined> {
    const found = await this.inspect(`${repository}:${tag}`);
    if (found === undefined) return undefined;
    const published = (found.RepoDigests ?? []).map((name) => name.split('@') as [string, string]);
    const own = published.find(([name]) => plainName(name) === plainName(repository));
    return own?.[1] ?? (found.Id.startsWith('sha256:') ? found.Id : `sha256:${found.Id}`);
  }

  /** False for images that were made on this machine, as engines name them: no registry has them. */
  isPublished(repository: string): boolean {
    return !repository.startsWith('localhost/');
  }

  /** Pulls; what it takes long over is logged. Throws what `pullImage` throws. */
  async pull(image: string, signal?: AbortSignal): Promise<void> {
    this.log.info('image is being pulled', { image });
    let toldMs = this.clock.monotonicMs();
    const onProgress = (progress: PullProgress) => {
      const { bytes, totalBytes } = progress;
      this.onFetch?.({ what: image, bytes, ...(totalBytes > 0 ? { totalBytes } : {}) });
      const nowMs = this.clock.monotonicMs();
      if (nowMs - toldMs < toldEveryMs) return;
      toldMs = nowMs;
      this.log.info('image is being pulled', { ...progress });
    };
    const { clock } = this;
    const before = await this.digests();
    await pullImage(this.engine, image, { clock, onProgress, ...(signal === undefined ? {} : { signal }) });
    this.log.info('image was pulled', { image });
    await this.remember(image, before);
  }

  /**
   * Puts a name of this home on an image that a home brought in, so that no other home removes it. One that was there
   * before any of them stays as it is: nobody removes that.
   */
  async keep(image: PinnedImage): Promise<void> {
    const { record, home } = this;
    if (record === undefined) return;
    try {
      const there = await this.seen(image);
      const names = there?.RepoTags ?? [];
      const { name, ...own } = keepName(home, image);
      if (there === undefined || names.includes(name)) return;
      const known = await record.get(image);
      const isAnothers = names.some(isKeepName);
      if (known === undefined && !isAnothers) return;
      // First: of a name that is not written down nobody would know whose it is. Of two that pull at once one has brought it in.
      if (isAnothers && known?.kept !== true) await record.add({ ...image, ...known, kept: true });
      await this.engine.ask((docker) => docker.getImage(there.Id).tag(own));
    } catch (thrown) {
      this.log.warn('image is not kept from other homes', { ...image, reason: messageOf(thrown) });
    }
  }

  /** Those that we brought in or keep, and that are still there. Throws EPH-RUNTIME-UNREACHABLE. */
  async pulled(): Promise<readonly OwnImage[]> {
    const found = (await this.record?.all()) ?? [];
    if (found.length === 0) return [];
    const used = await this.usedIds();
    const own: OwnImage[] = [];
    for (const image of found) {
      const there = await this.seen(image);
      if (there === undefined) await this.record?.forget(image);
      else {
        const isOthersToo = (there.RepoTags ?? []).some((name) => !this.isOurs(name, image));
        const isUsed = used.has(there.Id) || this.isKeptElsewhere(there.RepoTags, image);
        own.push({ ...image, bytes: isOthersToo ? 0 : there.Size, isUsed });
      }
    }
    return own;
  }

  /**
   * Takes our names from one that we brought in or keep; the engine removes what has no other. False when a container uses
   * it or another home keeps what we brought in, and nothing is changed. Throws EPH-RUNTIME-UNREACHABLE.
   */
  async remove({ repository, tag, digest }: PulledImage): Promise<boolean> {
    const image = (await this.record?.get({ repository, digest })) ?? { repository, digest };
    const there = await this.seen(image);
    // Of one in use that has several names an engine gives up all but the last.
    if (there !== undefined && (await this.usedIds()).has(there.Id)) return false;
    if (this.isKeptElsewhere(there?.RepoTags, image)) return false;
    // First: without its other names it would not be found again after a kill.
    if (!(await this.giveUp(keepName(this.home, image).name))) return false;
    if (
      image.kept !== true &&
      !(await this.giveUpPulled({ repository, digest, ...(tag === undefined ? {} : { tag }) }))
    )
      return false;
    await this.record?.forget(image);
    this.log.info('image was removed', { repository, digest });
    return true;
  }

  /** The names by which it was pulled. False when it is in use. */
  private async giveUpPulled({ repository, tag, digest }: PulledImage): Promise<boolean> {
    // Meanwhile the tag may mean another.
    const isTagged = tag !== undefined && (await this.digestOf(repository, tag)) === digest;
    if (isTagged && !(await this.giveUp(`${repository}:${tag}`))) return false;
    // Podman takes a digest for every name of its repository, also for those that others gave.
    const left = (await this.inspect(`${repository}@${digest}`))?.RepoTags ?? [];
    const isOthers = left.some((one) => plainName(one).startsWith(`${plainName(repository)}:`));
    return isOthers || this.giveUp(`${repository}@${digest}`);
  }

  private isOurs(name: string, image: PulledImage): boolean {
    return name === keepName(this.home, image).name || (image.kept !== true && isOurTag(name, image));
  }

  /** Of what another home brought in we only have a name to give up. */
  private isKeptElsewhere(names: readonly string[] | undefined, image: PulledImage): boolean {
    const { name: own } = keepName(this.home, image);
    return image.kept !== true && (names ?? []).some((name) => isKeepName(name) && name !== own);
  }

  /** False when it is in use. */
  private async giveUp(name: string): Promise<boolean> {
    try {
      await this.engine.ask((docker) => unlessMissing(docker.getImage(name).remove()));
      return true;
    } catch (thrown) {
      if (statusOf(thrown) === 409) return false;
      throw thrown;
    }
  }

  /** Of the images of all containers, those of other homes and other people too. */
  private async usedIds(): Promise<ReadonlySet<string>> {
    const containers = await this.engine.ask((docker, abortSignal) =>
      docker.listContainers({ all: true, abortSignal }),
    );
    return new Set(containers.map(({ ImageID }) => ImageID));
  }

  /** What was there already is not ours, whoever asks for it again. What cannot be told is nobody's. */
  private async remember(image: string, before: ReadonlySet<string> | undefined): Promise<void> {
    if (this.record === undefined || before === undefined) return;
    try {
      const [named = '', pinned] = image.split('@');
      const colon = named.lastIndexOf(':');
      const repository = pinned === undefined ? named.slice(0, colon) : named;
      const tag = pinned === undefined ? named.slice(colon + 1) : undefined;
      const digest = pinned ?? (await this.digestOf(repository, named.slice(colon + 1)));
      if (digest === undefined) return;
      if (!before.has(digest))
        await this.record.add({ repository, digest, ...(tag === undefined ? {} : { tag }) });
      await this.keep({ repository, digest });
    } catch (thrown) {
      this.log.warn('image was pulled and could not be written down as ours', {
        image,
        reason: messageOf(thrown),
      });
    }
  }

  /** By which images are known to the engine; undefined where nobody can tell. */
  private async digests(): Promise<ReadonlySet<string> | undefined> {
    if (this.record === undefined) return undefined;
    const listed = await this.engine.ask((docker) => docker.listImages()).catch(() => undefined);
    return (
      listed && new Set(listed.flatMap(({ Id, RepoDigests }) => [Id, ...(RepoDigests ?? []).map(digestIn)]))
    );
  }

  /** One of the record, whatever of its names it has left. */
  private async seen(image: PinnedImage) {
    return this.inspect((await this.find(image)) ?? keepName(this.home, image).name);
  }

  private inspect(name: string) {
    return this.engine.ask((docker) => unlessMissing(docker.getImage(name).inspect()));
  }
}

function digestIn(name: string): string {
  return name.slice(name.indexOf('@') + 1);
}

function isOurTag(name: string, { repository, tag }: PulledImage): boolean {
  return plainName(name) === plainName(`${repository}:${tag ?? ''}`);
}

/** Docker leaves its own registry out of names, Podman writes it. */
function plainName(repository: string): string {
  return repository.replace(/^docker\.io\//, '').replace(/^library\//, '');
}
