import type { ChosenArtifact, PinnedArtifact } from './artifact.ts';
import { ownVersion } from './choose-artifact.ts';

/** Where a chosen program comes from, for people. */
export function originOf(chosen: ChosenArtifact): string {
  switch (chosen.source) {
    case 'builtin':
    case 'npm':
      return chosen.package;
    case 'archive':
      return chosen.url;
    case 'image':
      return `${chosen.repository}:${chosen.tag}`;
    case 'path':
      return chosen.path;
  }
}

/** Where a pinned program comes from; undefined where it is not pinned for this platform. */
export function pinnedOrigin(pinned: PinnedArtifact, platformName: string): string | undefined {
  switch (pinned.source) {
    case 'builtin':
    case 'npm':
      return pinned.package;
    case 'archive':
      return pinned.platforms[platformName]?.url;
    case 'image':
      return `${pinned.repository}:${pinned.tag}`;
    case 'path':
      return pinned.path;
  }
}

/** `1.17.6 (archive)` */
export function chosenText(chosen: ChosenArtifact): string {
  const version = chosen.version === ownVersion ? 'of this installation' : (chosen.version ?? 'as it is');
  return `${version} (${chosen.source})`;
}

export function wishedText(chosen: ChosenArtifact): string {
  const sum = chosenSum(chosen);
  return `${chosenText(chosen)} from ${originOf(chosen)}${sum === undefined ? '' : `, checksum ${sum}`}`;
}

export function pinnedText(pinned: PinnedArtifact, platformName: string): string {
  const sum = pinnedSum(pinned, platformName);
  const origin = pinnedOrigin(pinned, platformName);
  const from = origin === undefined ? '' : ` from ${origin}`;
  return `${pinned.version} (${pinned.source})${from}${sum === undefined ? '' : `, checksum ${sum}`}`;
}

function chosenSum(chosen: ChosenArtifact): string | undefined {
  if (chosen.source === 'archive') return chosen.sha256;
  if (chosen.source === 'image') return chosen.digest;
  return chosen.source === 'npm' ? chosen.integrity : undefined;
}

/** What tells exactly which program is pinned: a checksum, an integrity or a digest. */
export function pinnedSum(pinned: PinnedArtifact, platformName: string): string | undefined {
  if (pinned.source === 'archive') return pinned.platforms[platformName]?.sha256;
  if (pinned.source === 'image') return pinned.digest;
  return pinned.source === 'npm' ? pinned.integrity : undefined;
}

/** Whether a wish may mean what is pinned; a checksum that the configuration gives must be the pinned one. */
export function agrees(pinned: PinnedArtifact, chosen: ChosenArtifact, platformName: string): boolean {
  if (pinned.source !== chosen.source) return false;
  if (pinned.source === 'archive' && chosen.source === 'archive') {
    const held = pinned.platforms[platformName];
    if (pinned.version !== chosen.version) return false;
    if (held === undefined) return true;
    return held.url === chosen.url && (chosen.sha256 === undefined || held.sha256 === chosen.sha256);
  }
  if (pinned.source === 'image' && chosen.source === 'image') {
    if (pinned.repository !== chosen.repository) return false;
    return chosen.digest === undefined ? pinned.tag === chosen.tag : pinned.digest === chosen.digest;
  }
  if (pinnedOrigin(pinned, platformName) !== originOf(chosen)) return false;
  if (pinned.source === 'npm' && chosen.source === 'npm') {
    return chosen.integrity === undefined || chosen.integrity === pinned.integrity;
  }
  return true;
}
