import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { InstalledProgram } from '../runtimes/runtime.ts';
import { artifactErrors } from './errors.ts';
import type { ArtifactSource, ChosenFrom, ObtainRequest } from './source.ts';

/** An image of an engine that we pulled. */
export interface PulledImage {
  readonly repository: string;
  readonly digest: string;
  /** The tag by which it was pulled. */
  readonly tag?: string;
  /** What becomes free when it goes. */
  readonly bytes: number;
  /** By a container, running or ended, whose ever it is; or by another home, which keeps it. */
  readonly isUsed: boolean;
}

/** The images of a container engine, as far as it takes to pin them and to look after them. */
export interface ImageStore {
  /** How the engine knows an image; undefined when it does not have it. */
  find(image: { readonly repository: string; readonly digest: string }): Promise<string | undefined>;
  /** Those that it has because we pulled them. */
  pulled(): Promise<readonly PulledImage[]>;
  /** One of those; false when something uses it, and it stays. */
  remove(image: Omit<PulledImage, 'bytes' | 'isUsed'>): Promise<boolean>;
  /** The digest of what the engine has under a tag; undefined when it has nothing. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
  /** Whether images of this repository come from a registry at all. */
  isPublished(repository: string): boolean;
  /** `repository:tag`. Throws when the registry, the network or the disk does not give it. */
  pull(image: string, signal?: AbortSignal): Promise<void>;
}

export interface ImageSourceOptions {
  /** Opened when an image has to be pinned. */
  readonly images?: () => Promise<ImageStore>;
  readonly log: Log;
}

/**
 * Images, each known by its digest from the first time on. What is pinned needs no engine here: the runtime pulls
 * it by its digest when it starts it, so that an engine that is away keeps nobody from looking at a node.
 */
export function createImageSource({ images, log }: ImageSourceOptions): ArtifactSource<'image'> {
  return {
    isInstalled: async ({ pinned }) => pinned !== undefined,
    async obtain(request) {
      const { chosen, pinned } = request;
      const digest =
        pinned?.digest ?? chosen.digest ?? (await resolve(request, { images: await images?.(), log }));
      const { repository, tag, version } = chosen;
      return {
        program: programOf(request.client, chosen, digest),
        pin: { source: 'image', repository, tag, version, digest },
      };
    },
  };
}

function programOf(client: string, chosen: ChosenFrom<'image'>, digest: string): InstalledProgram {
  const { version, repository, command = [] } = chosen;
  return { client, version, command, image: { repository, digest } };
}

/** What a tag means now. Without the registry, what it meant when it was last pulled, unless that is not what is asked. */
async function resolve(
  { client, chosen, anew, signal }: ObtainRequest<'image'>,
  { images, log }: { readonly images: ImageStore | undefined; readonly log: Log },
): Promise<string> {
  const { repository, tag } = chosen;
  const image = `${repository}:${tag}`;
  if (images === undefined)
    throw artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client, path: image });
  const failed = images.isPublished(repository)
    ? await images.pull(image, signal).then(
        () => undefined,
        (thrown: unknown) => ({ thrown }),
      )
    : undefined;
  signal?.throwIfAborted();
  if (anew === true && failed !== undefined) throw failed.thrown;
  const digest = await images.digestOf(repository, tag);
  if (digest !== undefined) {
    if (failed !== undefined)
      log.warn('image is taken as it was pulled before', { image, reason: messageOf(failed.thrown) });
    return digest;
  }
  if (failed !== undefined) throw failed.thrown;
  throw artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client, path: image });
}
