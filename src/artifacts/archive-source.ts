import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchiveRefusal } from '../base/archive/archive-refusal.ts';
import { unpackTar } from '../base/archive/unpack-tar.ts';
import { unpackZip } from '../base/archive/unpack-zip.ts';
import { joinInside } from '../base/atomic-files.ts';
import { DownloadFailure, type DownloadProgress } from '../base/download.ts';
import { messageOf } from '../base/errors.ts';
import type { FileKind } from '../base/file-kind.ts';
import { displayUrl } from '../base/http-url.ts';
import { makeFolders } from '../base/make-folders.ts';
import type { ArchiveFormat, NeededProgram } from '../core/clients/artifact-choice.ts';
import {
  type PinnedArchive,
  type PinnedArtifact,
  type Platform,
  platformNameOf,
  type Trust,
} from './artifact.ts';
import { artifactErrors } from './errors.ts';
import type { InstallFolder } from './install-folder.ts';
import type { FetchTools, PartialDownloads } from './partial-download.ts';
import { fileInside } from './program-file.ts';
import { publishedSha256 } from './published-checksum.ts';
import { type FileCheck, publishedSignature } from './published-signature.ts';
import type { ArtifactSource, ObtainRequest } from './source.ts';
import type { Stock } from './stock.ts';

export interface ArchiveLimits {
  readonly downloadBytes: number;
  readonly unpackedBytes: number;
  readonly fileBytes: number;
  readonly entries: number;
}

export interface ArchiveSourceOptions {
  /** `artifacts` of a root. */
  readonly folder: string;
  readonly stock: Pick<Stock, 'archives' | 'downloads'>;
  readonly platform: Platform;
  readonly fetch: Pick<FetchTools, 'http'>;
  readonly limits?: ArchiveLimits;
  /** Whether a program of this name is on the host's PATH. */
  readonly hasProgram: (name: string) => Promise<boolean>;
  readonly onProgress?: (progress: DownloadProgress & { readonly client: string }) => void;
}

const gibibyte = 2 ** 30;
/** Clients with a Java or .NET runtime unpack to several hundred MB in thousands of files. */
const usualLimits: ArchiveLimits = {
  downloadBytes: 2 * gibibyte,
  unpackedBytes: 4 * gibibyte,
  fileBytes: 2 * gibibyte,
  entries: 50_000,
};
const mostDepth = 24;
const kinds: Readonly<Record<ArchiveFormat, FileKind>> = { 'tar.gz': 'gzip', zip: 'zip', program: 'program' };

type Request = ObtainRequest<'archive'>;

/** Where the archive of an address is installed: two addresses of one version never share a folder. */
function archiveName(
  client: string,
  chosen: { readonly version: string; readonly url: string },
  platform: string,
): string {
  const id = client.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const address = createHash('sha256').update(chosen.url).digest('hex').slice(0, 8);
  return `${id}@${chosen.version}-${platform}-${address}`;
}

/** Programs from a published file. What nobody vouches for, by checksum or signature, is pinned as it first came. */
export function createArchiveSource(options: ArchiveSourceOptions): ArtifactSource<'archive'> {
  return new ArchiveSource(options);
}

class ArchiveSource implements ArtifactSource<'archive'> {
  private readonly options: ArchiveSourceOptions;
  private readonly installs: InstallFolder;
  private readonly downloads: PartialDownloads;
  private readonly platform: string;

  constructor(options: ArchiveSourceOptions) {
    this.options = options;
    this.installs = options.stock.archives;
    this.downloads = options.stock.downloads;
    this.platform = platformNameOf(options.platform);
  }

  async isInstalled(request: Request): Promise<boolean> {
    return (await this.present(request)) !== undefined;
  }

  async obtain(request: Request) {
    const { client, chosen, pinned } = request;
    await this.mustHave(client, chosen.needs ?? []);
    const name = archiveName(client, chosen, this.platform);
    const pin = (await this.present(request)) ?? (await this.install(name, request));
    const content = join(this.installs.pathOf(name), 'content');
    const command = [await fileInside(client, content, chosen.bin)];
    const merged: PinnedArtifact = {
      source: 'archive',
      version: chosen.version,
      // Those of other platforms, pinned elsewhere, stay.
      platforms: { ...pinned?.platforms, [this.platform]: pin },
    };
    return { program: { client, version: chosen.version, command }, pin: merged };
  }

  /** What is installed, when it is what is wanted. */
  private async present(request: Request): Promise<PinnedArchive | undefined> {
    const installed = await this.installs.installed(
      archiveName(request.client, request.chosen, this.platform),
    );
    const pin = installed === undefined ? undefined : this.archiveIn(installed.pin);
    const expected = this.expected(request)?.sha256;
    return expected === undefined || expected === pin?.sha256 ? pin : undefined;
  }

  private expected({ chosen, pinned }: Request): { sha256: string; trust: Trust } | undefined {
    const held = pinned?.platforms[this.platform];
    if (chosen.sha256 !== undefined) return { sha256: chosen.sha256, trust: 'configured' };
    return held === undefined ? undefined : { sha256: held.sha256, trust: held.trust };
  }

  private async install(name: string, request: Request): Promise<PinnedArchive> {
    const { chosen, client, signal } = request;
    const { limits = usualLimits, onProgress } = this.options;
    // Asked first: it is small, and without it nothing is installed.
    const wanted = this.expected(request) ?? (await this.published(request));
    const mustBeSigned = wanted === undefined ? await this.signed(request) : undefined;
    const ask = {
      url: chosen.url,
      expect: kinds[chosen.format],
      mostBytes: limits.downloadBytes,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined
        ? {}
        : { onProgress: (progress: DownloadProgress) => onProgress({ ...progress, client }) }),
    };
    const work = () =>
      this.downloads.fetch(ask, async (file, sha256) => {
        if (wanted !== undefined && wanted.sha256 !== sha256)
          throw altered(chosen.url, wanted.sha256, sha256);
        await mustBeSigned?.(file);
        const unsummed = mustBeSigned === undefined ? 'first-use' : 'signature';
        const pin = { url: chosen.url, sha256, trust: wanted?.trust ?? unsummed } as const;
        const installed = await this.installs.install(name, async (into) => {
          await fillContent(request, { file, content: join(into, 'content'), limits });
          return (tree) => this.pinOf(chosen.version, { ...pin, tree });
        });
        return this.archiveIn(installed.pin) ?? pin;
      });
    return explained(work, { origin: displayUrl(chosen.url), folder: this.options.folder });
  }

  private pinOf(version: string, archive: PinnedArchive): PinnedArtifact {
    return { source: 'archive', version, platforms: { [this.platform]: archive } };
  }

  private archiveIn(pin: PinnedArtifact): PinnedArchive | undefined {
    return pin.source === 'archive' ? pin.platforms[this.platform] : undefined;
  }

  private async published({ chosen, signal }: Request) {
    if (chosen.checksum === undefined) return undefined;
    const fileName = new URL(chosen.url).pathname.split('/').at(-1) ?? '';
    const sha256 = await publishedSha256(this.options.fetch.http, chosen.checksum, {
      fileName,
      ...(signal === undefined ? {} : { signal }),
    });
    return { sha256, trust: 'publisher' as const };
  }

  private async signed({ chosen, signal }: Request): Promise<FileCheck | undefined> {
    if (chosen.signature === undefined) return undefined;
    return publishedSignature(this.options.fetch.http, chosen.signature, signal);
  }

  private async mustHave(client: string, programs: readonly NeededProgram[]): Promise<void> {
    for (const { program, words } of programs) {
      if (await this.options.hasProgram(program)) continue;
      throw artifactErrors.create('EPH-ARTIFACT-NEEDS', { client, program, words });
    }
  }
}

function altered(url: string, expected: string, actual: string): Error {
  return artifactErrors.create('EPH-ARTIFACT-CHECKSUM', { origin: displayUrl(url), expected, actual });
}

async function fillContent(
  { chosen, client, signal }: Request,
  {
    file,
    content,
    limits,
  }: { readonly file: string; readonly content: string; readonly limits: ArchiveLimits },
): Promise<void> {
  await mkdir(content, { mode: 0o700 });
  if (chosen.format === 'program') {
    const path = joinInside(content, chosen.bin);
    if (path === undefined)
      throw artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client, path: chosen.bin });
    await makeFolders(dirname(path));
    await copyFile(file, path);
  } else {
    const unpack = chosen.format === 'zip' ? unpackZip : unpackTar;
    const rules = { limits: { ...limits, depth: mostDepth }, links: 'inside', executables: true } as const;
    await unpack(file, content, { ...rules, ...(signal === undefined ? {} : { signal }) });
  }
  await chmod(await fileInside(client, content, chosen.bin), 0o700);
}

async function explained<T>(
  work: () => Promise<T>,
  { origin, folder }: { readonly origin: string; readonly folder: string },
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw artifactErrors.create('EPH-ARTIFACT-DISK-FULL', { origin, folder }, cause);
    }
    const isOfContent = cause instanceof DownloadFailure || cause instanceof ArchiveRefusal;
    if (!isOfContent) throw cause;
    const isNowhere = cause instanceof DownloadFailure && cause.reason === 'not-found';
    throw artifactErrors.create(
      isNowhere ? 'EPH-ARTIFACT-NOT-PUBLISHED' : 'EPH-ARTIFACT-FETCH',
      { origin, problem: messageOf(cause) },
      cause.cause ?? cause,
    );
  }
}
