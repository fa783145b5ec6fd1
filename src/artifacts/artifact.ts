import type {
  ArchiveFormat,
  NeededProgram,
  PublishedChecksum,
  PublishedSignature,
} from '../core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import type { InstalledProgram } from '../runtimes/runtime.ts';

/**
 * What vouches for an archive: the publisher's checksum or signature, the configuration's checksum, or nothing; then what
 * came first is what is wanted from then on.
 */
export type Trust = 'publisher' | 'signature' | 'configured' | 'first-use';

/** A source that the configuration names itself, instead of the catalogue's. */
export type ConfiguredArtifact =
  | {
      readonly kind: 'npm';
      readonly package: string;
      readonly bin?: string | undefined;
      readonly integrity?: string | undefined;
    }
  | {
      readonly kind: 'archive';
      /** May hold {version}, {os} and {arch}. */
      readonly url: string;
      readonly bin: string;
      /** By the address's ending unless told. */
      readonly format?: ArchiveFormat | undefined;
      readonly sha256?: string | undefined;
    }
  | {
      readonly kind: 'image';
      readonly image: string;
      readonly tag?: string | undefined;
      readonly digest?: string | undefined;
      readonly command?: readonly string[] | undefined;
    }
  | { readonly kind: 'path'; readonly path: string };

/** What a configuration says of the program of a client. */
export interface ArtifactWish {
  readonly client: ClientDefinition;
  readonly version?: string | undefined;
  readonly artifact?: ConfiguredArtifact | undefined;
  /** What the node's runtime runs; a program of this host unless told. */
  readonly form?: 'program' | 'image';
}

/** A wish made exact: one source, from configuration or catalogue. */
export type ChosenArtifact =
  | {
      readonly source: 'builtin';
      readonly package: string;
      readonly version: string;
      readonly bin: string;
      readonly preload?: string;
    }
  | {
      readonly source: 'npm';
      readonly package: string;
      readonly version: string;
      readonly bin: string;
      readonly integrity?: string;
    }
  | {
      readonly source: 'archive';
      readonly version: string;
      /** Placeholders filled. */
      readonly url: string;
      readonly format: ArchiveFormat;
      readonly bin: string;
      /** As the configuration gives it. */
      readonly sha256?: string;
      /** Where the publisher gives it. */
      readonly checksum?: PublishedChecksum;
      /** Where the publisher signs instead. */
      readonly signature?: PublishedSignature;
      /** Programs that the host must have. */
      readonly needs?: readonly NeededProgram[];
    }
  | {
      readonly source: 'image';
      readonly version: string;
      readonly repository: string;
      readonly tag: string;
      readonly digest?: string;
      readonly command?: readonly string[];
    }
  | {
      readonly source: 'path';
      readonly path: string;
      readonly version?: string;
      readonly versionArgs?: readonly string[];
    };

/** One platform's archive of a pinned program. */
export interface PinnedArchive {
  readonly url: string;
  readonly sha256: string;
  /** A hash over all files that it was unpacked to. */
  readonly tree?: string | undefined;
  readonly trust: Trust;
}

/** An entry of ephemery.lock. */
export type PinnedArtifact =
  | { readonly source: 'builtin'; readonly package: string; readonly version: string }
  /** `tree` is a hash over name, version and integrity of everything that npm installed with it. */
  | {
      readonly source: 'npm';
      readonly package: string;
      readonly version: string;
      readonly integrity: string;
      readonly tree: string;
    }
  | {
      readonly source: 'archive';
      readonly version: string;
      /** By platform, as `linux-x64`: a lock file goes from machine to machine. */
      readonly platforms: Readonly<Record<string, PinnedArchive>>;
    }
  /** `tag` is what the digest was found under; the digest alone says what runs. */
  | {
      readonly source: 'image';
      readonly repository: string;
      readonly tag: string;
      readonly version: string;
      readonly digest: string;
    }
  | { readonly source: 'path'; readonly path: string; readonly version: string };

export interface ObtainedArtifact {
  readonly program: InstalledProgram;
  readonly pin: PinnedArtifact;
}

/** The host's platform, as archives and lock entries name it. */
export interface Platform {
  /** As Node says it: `linux`, `darwin`. */
  readonly os: string;
  /** As Node says it: `x64`, `arm64`. */
  readonly arch: string;
}

export function platformNameOf({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}

/** What the store tells before it acts. */
export interface ArtifactPlan {
  readonly action: 'none' | 'install';
  /** For people: `EthereumJS 0.10.5 (builtin)`. */
  readonly what: string;
  /** Absent where it is whatever is there. */
  readonly version?: string;
  /** Where it would come from, when it must be installed. */
  readonly origin?: string;
  /** What would run, as far as that is known before it is installed; absent where it is. */
  readonly program?: InstalledProgram;
}

/** Turns wishes into programs that can be started. */
export interface ArtifactStore {
  /** Changes nothing and asks nobody. */
  plan(wish: ArtifactWish): Promise<ArtifactPlan>;
  /**
   * The program, installed if it is not, and pinned in the lock file if it is not. Needs no network once
   * installed. Throws EPH-ARTIFACT-*.
   */
  obtain(wish: ArtifactWish, signal?: AbortSignal): Promise<InstalledProgram>;
}
