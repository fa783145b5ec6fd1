import type { ChosenArtifact, ObtainedArtifact, PinnedArtifact } from './artifact.ts';

export type ChosenFrom<S extends ChosenArtifact['source']> = Extract<ChosenArtifact, { source: S }>;
export type PinnedFrom<S extends PinnedArtifact['source']> = Extract<PinnedArtifact, { source: S }>;

export interface ObtainRequest<S extends ChosenArtifact['source']> {
  readonly client: string;
  readonly chosen: ChosenFrom<S>;
  /** What the lock file holds of this source; the program must be that one. */
  readonly pinned?: PinnedFrom<S>;
  /** Without `pinned`: what is published now is asked for, and no answer is a failure. */
  readonly anew?: true;
  readonly signal?: AbortSignal;
}

/** One place that programs come from. */
export interface ArtifactSource<S extends ChosenArtifact['source']> {
  /** True when `obtain` needs neither network nor installation. */
  isInstalled(request: ObtainRequest<S>): Promise<boolean>;
  obtain(request: ObtainRequest<S>): Promise<ObtainedArtifact>;
}
