import type { ArtifactWish, ChosenArtifact, PinnedArtifact } from './artifact.ts';
import type { ArtifactSource } from './source.ts';

export type Sources = { readonly [S in ChosenArtifact['source']]: ArtifactSource<S> };

/** The source of what was chosen. */
export function sourceOf(sources: Sources, chosen: ChosenArtifact): ArtifactSource<ChosenArtifact['source']> {
  return sources[chosen.source] as unknown as ArtifactSource<ChosenArtifact['source']>;
}

/** Without a wished version it is the pinned one: a newer default is taken up by an update, not by a start. */
export function heldTo(wish: ArtifactWish, pinned: PinnedArtifact | undefined): ArtifactWish {
  if (wish.version !== undefined || pinned === undefined) return wish;
  const isHeld = pinned.source === 'archive' || pinned.source === 'npm' || pinned.source === 'image';
  return isHeld ? { ...wish, version: pinned.version } : wish;
}
