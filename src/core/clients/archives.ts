import type { ArtifactChoice, PlatformName, PublishedArchive, ReleasePage } from './artifact-choice.ts';

type ArchiveChoice = Extract<ArtifactChoice, { kind: 'archive' }>;

/**
 * Archives of a publisher that names platforms in its own way: `words` holds that way for each platform that it
 * publishes, and `make` tells the archive of one.
 */
export function archives(
  words: Partial<Record<PlatformName, string>>,
  make: (word: string) => PublishedArchive,
  more: Pick<ArchiveChoice, 'commits' | 'needs' | 'releases'> = {},
): ArchiveChoice {
  const platforms = Object.fromEntries(Object.entries(words).map(([name, word]) => [name, make(word)]));
  return { kind: 'archive', platforms, ...more };
}

/** A download of a release on GitHub. */
export function githubRelease(repository: string, tag: string, file: string): string {
  return `https://github.com/${repository}/releases/download/${tag}/${file}`;
}

/** Where releases on GitHub are shown. */
export function githubReleases(repository: string, tag: string): ReleasePage {
  return { page: `https://github.com/${repository}/releases`, tag };
}

/** One archive for every platform, for programs that bring no machine code of their own. */
export function everywhere(word: string): Record<PlatformName, string> {
  return { 'linux-x64': word, 'linux-arm64': word, 'darwin-x64': word, 'darwin-arm64': word };
}

/** A program of the host that tells its version. */
export const ownProgram: ArtifactChoice = { kind: 'path', versionArgs: ['--version'] };
