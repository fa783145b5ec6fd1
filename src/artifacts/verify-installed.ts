import { isEphemeryError, messageOf } from '../base/errors.ts';
import type { ArtifactWish, PinnedArtifact } from './artifact.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';
import { type ContentFile, contentOf, digestOf } from './content-digest.ts';
import type { ImageStore } from './image-source.ts';
import { installMarker } from './install-folder.ts';
import { isPinned } from './same-program.ts';
import { heldTo, type Sources, sourceOf } from './sources.ts';
import type { Stock } from './stock.ts';

/** Whether an installed program is still, byte for byte, what is pinned. */
export interface Verification {
  readonly key: string;
  readonly client: string;
  /**
   * `good`; `altered`: not what is pinned; `absent`: not installed here; `unpinned`: nothing to hold it against;
   * `elsewhere`: an image, and the container engine that may have it by its digest did not answer.
   */
  readonly outcome: 'good' | 'altered' | 'absent' | 'unpinned' | 'elsewhere';
  /** What is wrong, one sentence's end each. */
  readonly problems: readonly string[];
}

interface Place {
  readonly stock: Stock;
  readonly sources: Sources;
  readonly platformName: string;
  readonly images?: () => Promise<ImageStore>;
}

const mostNamed = 10;

export async function verifyInstalled(
  wish: ArtifactWish,
  pinned: PinnedArtifact | undefined,
  place: Place,
): Promise<Verification> {
  const about = { key: keyOf(wish), client: wish.client.displayName };
  if (pinned === undefined) return { ...about, outcome: 'unpinned', problems: [] };
  if (pinned.source === 'image') return { ...about, ...(await imageOutcome(pinned, place)) };
  if (pinned.source === 'builtin' || pinned.source === 'path') {
    const problems = await hostProblems(wish, pinned, place);
    return { ...about, outcome: problems.length === 0 ? 'good' : 'altered', problems };
  }
  const item = await place.stock.find(({ pin }) => isPinned(pin, pinned, place.platformName));
  if (item === undefined) return { ...about, outcome: 'absent', problems: [] };
  const now = (await contentOf(item.path)).filter(({ path }) => path !== installMarker);
  const problems = [...differences(item.files, now), ...treeProblems(pinned, now, place.platformName)];
  return { ...about, outcome: problems.length === 0 ? 'good' : 'altered', problems };
}

/** An engine knows an image by the digest of its content: whether it has it is all that can be asked. */
async function imageOutcome(
  pinned: { readonly repository: string; readonly digest: string },
  { images }: Place,
): Promise<Pick<Verification, 'outcome' | 'problems'>> {
  if (images === undefined) return { outcome: 'elsewhere', problems: [] };
  try {
    const found = await (await images()).find(pinned);
    return { outcome: found === undefined ? 'absent' : 'good', problems: [] };
  } catch (thrown) {
    if (!isEphemeryError(thrown)) throw thrown;
    return { outcome: 'elsewhere', problems: [thrown.message.replace(/\.$/, '')] };
  }
}

/** A program of the host or of this installation has no checksum of ours; its version is what is pinned. */
async function hostProblems(
  wish: ArtifactWish,
  pinned: PinnedArtifact,
  place: Place,
): Promise<readonly string[]> {
  const chosen = chooseArtifact(heldTo(wish, pinned), place.platformName);
  try {
    const source = sourceOf(place.sources, chosen);
    const { pin } = await source.obtain({ client: wish.client.displayName, chosen });
    return pin.version === pinned.version ? [] : [`it is ${pin.version}, and ${pinned.version} is pinned`];
  } catch (thrown) {
    if (!isEphemeryError(thrown)) throw thrown;
    return [messageOf(thrown)];
  }
}

function differences(was: readonly ContentFile[], now: readonly ContentFile[]): string[] {
  const [before, after] = [byPath(was), byPath(now)];
  const problems = [
    ...was.filter(({ path }) => !after.has(path)).map(({ path }) => `${path} is gone`),
    ...now.filter(({ path }) => !before.has(path)).map(({ path }) => `${path} was not in it`),
    ...now.filter((file) => isOther(before.get(file.path), file)).map(({ path }) => `${path} is altered`),
  ];
  const more = problems.length - mostNamed;
  return more > 0 ? [...problems.slice(0, mostNamed), `and ${more} more`] : problems;
}

/** The record of an installation lies beside it; the lock file has the hash over all of it as well. */
function treeProblems(pinned: PinnedArtifact, now: readonly ContentFile[], platformName: string): string[] {
  const tree = pinned.source === 'archive' ? pinned.platforms[platformName]?.tree : undefined;
  return tree === undefined || tree === digestOf(now) ? [] : ['it is not what the lock file has'];
}

function isOther(before: ContentFile | undefined, now: ContentFile): boolean {
  return before !== undefined && (before.sha256 !== now.sha256 || before.kind !== now.kind);
}

function byPath(files: readonly ContentFile[]): ReadonlyMap<string, ContentFile> {
  return new Map(files.map((file) => [file.path, file]));
}
