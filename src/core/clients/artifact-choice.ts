/** Hosts for which clients publish programs, as Node names them. */
export const platformNames = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const;
export type PlatformName = (typeof platformNames)[number];

/** `program`: the file is the program itself. */
export type ArchiveFormat = 'tar.gz' | 'zip' | 'program';

/** One published file of one platform. Addresses and `bin` may hold {version} and {commit}. */
export interface PublishedArchive {
  readonly url: string;
  readonly format: ArchiveFormat;
  /** The path of the program inside the archive; its file name when the download is the program. */
  readonly bin: string;
  readonly checksum?: PublishedChecksum;
  /** Where there is no checksum. */
  readonly signature?: PublishedSignature;
}

/** The publisher's own SHA-256: lines of `sha256sum`, or the digest alone. */
export interface PublishedChecksum {
  readonly url: string;
  readonly form: 'sha256sum' | 'bare';
}

/** The publisher's OpenPGP signature over the file, armored, and whose it must be. */
export interface PublishedSignature {
  readonly url: string;
  readonly key: PublisherKey;
}

/** A publisher's Ed25519 or RSA key, known by a fingerprint that does not come from where its files lie. */
export interface PublisherKey {
  /** As the publisher tells it; upper case. */
  readonly fingerprint: string;
  /** The body of its packet, base64. */
  readonly packet: string;
}

/** Where a publisher shows its releases, as GitHub lays them out: `<page>/latest` leads to `<page>/tag/<tag>`. */
export interface ReleasePage {
  /** Without a slash at its end. */
  readonly page: string;
  /** May hold {version}. */
  readonly tag: string;
}

/** A program of the host without which another does not run. */
export interface NeededProgram {
  /** As it is on the PATH. */
  readonly program: string;
  /** For people, with the version: it is not checked. */
  readonly words: string;
}

/** Where a client's program can come from. */
export type ArtifactChoice =
  /**
   * Ships with us: a Node program of this package or of one of its dependencies, `bin` relative to that package.
   * `preload` is a file of this package that Node loads first.
   */
  | {
      readonly kind: 'builtin';
      readonly package: string;
      readonly version: string;
      readonly bin: string;
      readonly preload?: string;
    }
  | { readonly kind: 'npm'; readonly package: string; readonly bin: string }
  | {
      readonly kind: 'archive';
      readonly platforms: Readonly<Partial<Record<PlatformName, PublishedArchive>>>;
      /** For publishers that put a commit into the file's name: {commit} by version. Other versions have no archive. */
      readonly commits?: Readonly<Record<string, string>>;
      /** For publishers whose files lie elsewhere than their releases are shown. */
      readonly releases?: ReleasePage;
      /** What the host must have for it to run: `java`, … */
      readonly needs?: readonly NeededProgram[];
    }
  | {
      readonly kind: 'image';
      /** The repository, without tag. */
      readonly image: string;
      /** May hold {version}. */
      readonly tag: string;
      /** Takes the place of the image's entrypoint, before our arguments, when that is not the program. */
      readonly command?: readonly string[];
    }
  /** A program of the host; with `versionArgs` it tells its version. */
  | { readonly kind: 'path'; readonly versionArgs?: readonly string[] };

/** Whether there is a program for a host that nobody has to name: a path alone is somebody's own. */
export function hasProgramFor(
  { artifacts }: { readonly artifacts: readonly ArtifactChoice[] },
  platform: string,
): boolean {
  return artifacts.some(
    (choice) =>
      choice.kind === 'builtin' ||
      choice.kind === 'npm' ||
      (choice.kind === 'archive' && choice.platforms[platform as PlatformName] !== undefined),
  );
}
