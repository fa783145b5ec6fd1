import type { Clock } from '../../base/clock.ts';
import type { FetchListener } from '../../base/fetches.ts';
import type { Log } from '../../base/log.ts';
import type { Engine } from './engine.ts';
import { unlessMissing } from './engine-refusal.ts';
import { type PullProgress, pullImage } from './pull-image.ts';

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
}

const toldEveryMs = 5_000;

/** The images of an engine. */
export class EngineImages {
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly onFetch: FetchListener | undefined;

  constructor(engine: Engine, { clock, log, onFetch }: ImageTools) {
    this.engine = engine;
    this.clock = clock;
    this.log = log;
    this.onFetch = onFetch;
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
    await pullImage(this.engine, image, { clock, onProgress, ...(signal === undefined ? {} : { signal }) });
    this.log.info('image was pulled', { image });
  }

  private inspect(name: string) {
    return this.engine.ask((docker) => unlessMissing(docker.getImage(name).inspect()));
  }
}

/** Docker leaves its own registry out of names, Podman writes it. */
function plainName(repository: string): string {
  return repository.replace(/^docker\.io\//, '').replace(/^library\//, '');
}
