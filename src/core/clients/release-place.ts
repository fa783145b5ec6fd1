import type { ArtifactChoice, ReleasePage } from './artifact-choice.ts';

/** Where a client's newest release can be asked for. */
export type ReleasePlace =
  | ({ readonly kind: 'page' } & ReleasePage)
  | { readonly kind: 'npm'; readonly package: string };

/** Of the first source of a client that has such a place; undefined for images and programs of the host alone. */
export function releasePlaceOf(artifacts: readonly ArtifactChoice[]): ReleasePlace | undefined {
  for (const choice of artifacts) {
    if (choice.kind === 'npm') return { kind: 'npm', package: choice.package };
    if (choice.kind !== 'archive') continue;
    const [first] = Object.values(choice.platforms);
    const page = choice.releases ?? (first && releasePageOf(first.url));
    if (page !== undefined) return { kind: 'page', ...page };
  }
  return undefined;
}

/**
 * The page of releases that a download belongs to, where its host lays them out as GitHub, Gitea and Forgejo do:
 * `…/releases/download/<tag>/<file>`.
 */
export function releasePageOf(url: string): ReleasePage | undefined {
  const [, page, tag] = /^(https?:\/\/[^?#{}\s]+\/releases)\/download\/([^/?#\s]+)\//.exec(url) ?? [];
  return page === undefined || tag === undefined ? undefined : { page, tag };
}

const versionForm = /^\d{1,9}(?:\.\d{1,9}){1,3}(?:[-+][0-9A-Za-z.+-]{1,32})?$/;

/** The version that a tag names, of this pattern or after a `v`; undefined for anything that is no version. */
export function versionOfTag(tag: string, pattern: string): string | undefined {
  const [before = '', after] = pattern.split('{version}', 2);
  const isOfPattern = after !== undefined && tag.startsWith(before) && tag.endsWith(after);
  const inPattern = isOfPattern ? [tag.slice(before.length, tag.length - after.length)] : [];
  return [...inPattern, tag.replace(/^v/, '')].find((version) => versionForm.test(version));
}
