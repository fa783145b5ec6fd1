import { isEphemeryError } from '../base/errors.ts';
import type { ChosenArtifact, PinnedArtifact } from './artifact.ts';
import { pinnedText } from './describe.ts';
import type { ImageStore, PulledImage } from './image-source.ts';
import { isChosen, isPinned } from './same-program.ts';
import type { Stock } from './stock.ts';

/** Something in the `artifacts` folder, or an image of ours in the container engine, that can go. */
export interface Unneeded {
  readonly what: string;
  /** Of an image: `repository@digest`. */
  readonly path: string;
  readonly bytes: number;
  readonly image?: Omit<PulledImage, 'bytes' | 'isUsed'>;
}

interface Needs {
  readonly pins: readonly PinnedArtifact[];
  readonly chosen: readonly ChosenArtifact[];
  /** Versions that run now; what may be one of them stays. */
  readonly inUse: ReadonlySet<string>;
  readonly platformName: string;
}

/** What nobody needs: programs that nothing means any more, and parts of downloads that nobody goes on with. */
export async function leftBehind(stock: Stock, needs: Needs): Promise<readonly Unneeded[]> {
  const { pins, chosen, inUse, platformName } = needs;
  const isNeeded = (installed: PinnedArtifact) =>
    inUse.has(installed.version) ||
    pins.some((pin) => isPinned(installed, pin, platformName)) ||
    chosen.some((wanted) => isChosen(installed, wanted, platformName));
  const programs = (await stock.items())
    .filter(({ pin }) => !isNeeded(pin))
    .map(({ pin, path, bytes }) => ({ what: pinnedText(pin, platformName), path, bytes }));
  const parts = (await stock.downloads.leftovers()).map((part) => ({ what: 'part of a download', ...part }));
  return [...programs, ...parts];
}

/**
 * Images that we pulled, that no pin, wish or running version means and that no container uses. None where the engine does not answer: what it
 * has is unknown then.
 */
export async function imagesLeftBehind(
  { images }: { readonly images?: () => Promise<ImageStore> },
  { pins, chosen, inUse }: Needs,
): Promise<readonly Unneeded[]> {
  const pulled = await (await images?.())?.pulled().catch((thrown: unknown) => {
    if (isEphemeryError(thrown)) return [];
    throw thrown;
  });
  const isNeeded = ({ repository, digest, tag = '' }: PulledImage) =>
    [...inUse].some((version) => tag.includes(version)) ||
    [...pins, ...chosen].some(
      (one) =>
        one.source === 'image' &&
        one.repository === repository &&
        (one.digest === digest || (one.digest === undefined && one.tag === tag)),
    );
  return (pulled ?? [])
    .filter((image) => !image.isUsed && !isNeeded(image))
    .map(({ bytes, isUsed: _, ...image }) => ({
      what: `image ${image.repository}${image.tag === undefined ? '' : `:${image.tag}`}`,
      path: `${image.repository}@${image.digest}`,
      bytes,
      image,
    }));
}
