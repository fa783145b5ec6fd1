import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { type PinnedArtifact, type Platform, platformNameOf } from './artifact.ts';
import { artifactErrors } from './errors.ts';
import { InstallFolder } from './install-folder.ts';
import { fileInside } from './program-file.ts';
import type { ArtifactSource, ChosenFrom, ObtainRequest } from './source.ts';

export interface ArchiveLimits {
  readonly unpackedBytes: number;
  readonly fileBytes: number;
  readonly entries: number;
}

/** Downloads a file, resuming what breaks off; resolves with the hash of all its bytes. */
export type Download = (request: {
  readonly url: string;
  readonly file: string;
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
}) => Promise<{ readonly sha256: string }>;

/** Unpacks a tar.gz into an empty folder; refuses links, paths that lead out, and what exceeds the limits. */
export type Unpack = (
  archive: string,
  folder: string,
  options: { readonly limits: ArchiveLimits; readonly signal?: AbortSignal },
) => Promise<void>;

export interface ArchiveSourceOptions {
  readonly folder: string;
  readonly platform: Platform;
  readonly download: Download;
  readonly unpack: Unpack;
}

const gibibyte = 2 ** 30;
/** Clients with a Java or .NET runtime unpack to several hundred MB in thousands of files. */
const limits: ArchiveLimits = { unpackedBytes: 4 * gibibyte, fileBytes: 2 * gibibyte, entries: 50_000 };
const mostDownloadBytes = 2 * gibibyte;

/** Programs from a tar.gz at an address. What has no checksum yet is pinned as it first came. */
export function createArchiveSource(options: ArchiveSourceOptions): ArtifactSource<'archive'> {
  const installs = new InstallFolder(options.folder);
  const platform = platformNameOf(options.platform);
  const nameOf = (request: ObtainRequest<'archive'>) =>
    `${request.client.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}@${request.chosen.version}-${platform}`;
  const present = async (request: ObtainRequest<'archive'>) => {
    const installed = await installs.installed(nameOf(request));
    if (installed?.source !== 'archive' || installed.url !== request.chosen.url) return undefined;
    const sha256 = installed.sha256[platform];
    return sha256 === (expectedOf(request, platform) ?? sha256) ? installed : undefined;
  };
  return {
    isInstalled: async (request) => (await present(request)) !== undefined,
    async obtain(request) {
      const fill = (into: string) => install(request, into, { ...options, platformName: platform });
      const pin = (await present(request)) ?? (await installs.install(nameOf(request), fill));
      const bin = filled(request.chosen.bin, request.chosen, options.platform);
      const content = join(installs.pathOf(nameOf(request)), 'content');
      const program = {
        client: request.client,
        version: request.chosen.version,
        command: [await fileInside(request.client, content, bin)],
      };
      return { program, pin: merged(pin, request) };
    },
  };
}

/** Checksums of other platforms, pinned elsewhere, stay. */
function merged(pin: PinnedArtifact, { pinned }: ObtainRequest<'archive'>): PinnedArtifact {
  return pin.source === 'archive' ? { ...pin, sha256: { ...pinned?.sha256, ...pin.sha256 } } : pin;
}

function expectedOf({ chosen, pinned }: ObtainRequest<'archive'>, platform: string): string | undefined {
  return chosen.sha256 ?? pinned?.sha256[platform];
}

async function install(
  request: ObtainRequest<'archive'>,
  into: string,
  options: ArchiveSourceOptions & { readonly platformName: string },
): Promise<PinnedArtifact> {
  const { chosen } = request;
  const url = filled(chosen.url, chosen, options.platform);
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  const file = join(into, 'archive.tar.gz');
  const content = join(into, 'content');
  const sha256 = await fetched(url, () =>
    options.download({ url, file, mostBytes: mostDownloadBytes, ...signal }).then((done) => done.sha256),
  );
  const expected = expectedOf(request, options.platformName);
  if (expected !== undefined && expected !== sha256) {
    throw artifactErrors.create('EPH-ARTIFACT-CHECKSUM', { origin: url, expected, actual: sha256 });
  }
  await mkdir(content, { mode: 0o700 });
  await fetched(url, () => options.unpack(file, content, { limits, ...signal }));
  await rm(file);
  const bin = filled(chosen.bin, chosen, options.platform);
  await chmod(await fileInside(request.client, content, bin), 0o700);
  return {
    source: 'archive',
    url: chosen.url,
    version: chosen.version,
    sha256: { [options.platformName]: sha256 },
  };
}

async function fetched<T>(origin: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw artifactErrors.create('EPH-ARTIFACT-FETCH', { origin, problem: messageOf(cause) }, cause);
  }
}

/** Placeholders as publishers use them: `amd64`, `arm64`; `linux`, `darwin`. */
function filled(template: string, chosen: ChosenFrom<'archive'>, platform: Platform): string {
  return template
    .replaceAll('{version}', chosen.version)
    .replaceAll('{os}', platform.os)
    .replaceAll('{arch}', platform.arch === 'x64' ? 'amd64' : platform.arch);
}
