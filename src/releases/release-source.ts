import type { NetworkDefinition } from '../core/network/definition.ts';

/**
 * The answer to "is iteration i published?". Never a bare no: `not-yet` is the source's clear word
 * that it does not have it, `unknown` is everything else.
 */
export type ReleaseAnswer =
  | { readonly answer: 'found'; readonly release: FoundRelease }
  | { readonly answer: 'not-yet'; readonly detail: string }
  | { readonly answer: 'unknown'; readonly reason: string };

export interface FoundRelease {
  readonly iteration: number;
  readonly tag: string;
  /** For people: the URL or path it comes from. */
  readonly origin: string;
  /**
   * Brings the release's files into `folder` (empty, on the same disk as the destination), in the layout of
   * network-config.tar.gz. Nothing in it is trusted yet. Throws release errors; the caller removes the folder.
   */
  fetchInto(folder: string, signal?: AbortSignal): Promise<{ readonly archiveSha256?: string }>;
}

export interface ReleaseSource {
  /** For people and findings: `github https://…`. */
  readonly name: string;
  find(definition: NetworkDefinition, iteration: number, signal?: AbortSignal): Promise<ReleaseAnswer>;
}
