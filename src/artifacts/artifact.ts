import type { ClientDefinition } from '../core/clients/client.ts';
import type { InstalledProgram } from '../runtimes/runtime.ts';

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
      readonly url: string;
      readonly bin: string;
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
      readonly url: string;
      readonly bin: string;
      readonly sha256?: string;
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
  /** `sha256` by platform, as `linux-x64`; `url` as configured, before its placeholders are filled. */
  | {
      readonly source: 'archive';
      readonly url: string;
      readonly version: string;
      readonly sha256: Readonly<Record<string, string>>;
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
  /** Where it would come from, when it must be installed. */
  readonly origin?: string;
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
