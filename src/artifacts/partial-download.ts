import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../base/atomic-files.ts';
import type { BackoffPolicy } from '../base/backoff.ts';
import { endClaim, isClaimed, newClaim } from '../base/claim.ts';
import type { Clock } from '../base/clock.ts';
import { type Downloaded, DownloadFailure, type DownloadProgress, downloadFile } from '../base/download.ts';
import type { FileKind } from '../base/file-kind.ts';
import type { HttpClient } from '../base/http.ts';

/** What programs are fetched with. */
export interface FetchTools {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly tries?: number;
  readonly backoff?: BackoffPolicy;
}

export interface PartialRequest {
  readonly url: string;
  readonly expect: FileKind;
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

const keptMs = 7 * 24 * 3_600_000;
const name = /^([0-9a-f]{16})\.(\d+-[0-9a-f]{12})\.part$/;

/**
 * Downloads that outlive us: what a process that was killed, or one that gave up, had of a file is taken over by
 * the next that wants the same address. Each process writes to a file of its own, so that two never share one.
 */
export class PartialDownloads {
  private readonly folder: string;
  private readonly tools: FetchTools;

  constructor(folder: string, tools: FetchTools) {
    this.folder = folder;
    this.tools = tools;
  }

  /**
   * Fetches a file, hands it to `use`, and removes it once `use` is done with it or has refused it. Throws as
   * `downloadFile`; what has come by then is kept for the next try, unless it was refused.
   */
  async fetch<T>(request: PartialRequest, use: (file: string, sha256: string) => Promise<T>): Promise<T> {
    await ensureFolder(this.folder);
    await this.removeOld();
    const key = createHash('sha256').update(request.url).digest('hex').slice(0, 16);
    const claim = newClaim();
    const file = join(this.folder, `${key}.${claim}.part`);
    try {
      const { sha256 } = await this.download(request, { key, file });
      try {
        return await use(file, sha256);
      } finally {
        await this.remove(file);
      }
    } finally {
      endClaim(claim);
    }
  }

  /** Partial files that no living process writes to. */
  async leftovers(): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
    const found: { path: string; bytes: number }[] = [];
    for (const file of await this.files()) {
      if (isClaimed(file.claim)) continue;
      const size = await stat(file.path).then(
        ({ size }) => size,
        () => 0,
      );
      found.push({ path: file.path, bytes: size });
    }
    return found;
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(versionFile(path), { force: true });
  }

  /** What is there of it when this fails is kept for the next try, unless it cannot be gone on with. */
  private async download(
    request: PartialRequest,
    { key, file }: { readonly key: string; readonly file: string },
  ): Promise<Downloaded> {
    const held = await this.takeOver(key, file);
    const resume = held === undefined ? {} : { held };
    const onVersion = (version: string | undefined) => this.note(file, version);
    try {
      return await downloadFile({ ...this.tools, ...request, ...resume, file, onVersion });
    } catch (thrown) {
      const isUseless = thrown instanceof DownloadFailure && thrown.reason !== 'failed';
      const version = await readFile(versionFile(file), 'utf8').catch(() => '');
      if (isUseless || version === '') await this.remove(file);
      throw thrown;
    }
  }

  private async note(file: string, version: string | undefined): Promise<void> {
    if (version === undefined) await rm(versionFile(file), { force: true });
    else await writeFileAtomic(versionFile(file), version);
  }

  /** Makes an abandoned part ours; gives what names its version. Of several that try at once, one gets it. */
  private async takeOver(key: string, file: string): Promise<string | undefined> {
    for (const found of await this.files()) {
      if (found.key !== key || isClaimed(found.claim)) continue;
      try {
        const version = await readFile(versionFile(found.path), 'utf8');
        await rename(found.path, file);
        await rename(versionFile(found.path), versionFile(file)).catch(() => this.note(file, version));
        if (version !== '') return version;
      } catch {
        // Another process took it, or it has no version: then it cannot be gone on with.
        await rm(file, { force: true });
      }
    }
    return undefined;
  }

  private async files(): Promise<readonly { key: string; claim: string; path: string }[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.flatMap((each) => {
      const [, key, claim] = name.exec(each) ?? [];
      if (key === undefined || claim === undefined) return [];
      return [{ key, claim, path: join(this.folder, each) }];
    });
  }

  private async removeOld(): Promise<void> {
    for (const { path, claim } of await this.files()) {
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      const isOld = this.tools.clock.nowMs() - mtimeMs > keptMs;
      if (isOld && !isClaimed(claim)) await this.remove(path);
    }
  }
}

/** Beside the part: what names the version that it is the beginning of. */
function versionFile(path: string): string {
  return `${path}.version`;
}
