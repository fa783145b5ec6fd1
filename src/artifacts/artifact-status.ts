import { isEphemeryError } from '../base/errors.ts';
import type { ArtifactWish, ChosenArtifact, PinnedArtifact, Trust } from './artifact.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';
import { agrees, originOf, pinnedOrigin, pinnedSum } from './describe.ts';
import { isChosen, isPinned } from './same-program.ts';
import { heldTo, type Sources } from './sources.ts';
import type { Stock, StockItem } from './stock.ts';

/** The program of a wish as things stand. */
export interface ArtifactStatus {
  /** Its name in the lock file. */
  readonly key: string;
  readonly client: string;
  /** Absent where it can be had from nowhere. */
  readonly source?: PinnedArtifact['source'];
  readonly version?: string;
  readonly origin?: string;
  /** Checksum, integrity or digest of what is pinned. */
  readonly digest?: string;
  /** Of an archive: where its checksum comes from. */
  readonly trust?: Trust;
  readonly isPinned: boolean;
  /** `elsewhere`: not in our folder; it is part of us, of the host or of the container engine. */
  readonly installed: 'yes' | 'no' | 'elsewhere';
  readonly path?: string;
  readonly bytes?: number;
  /** Set when the configuration means another program than the pinned one. */
  readonly disagrees?: true;
  /** Why it can be had from nowhere, in a sentence. */
  readonly problem?: string;
}

interface Place {
  readonly stock: Stock;
  readonly sources: Sources;
  readonly platformName: string;
}

export async function statusOf(
  wish: ArtifactWish,
  pinned: PinnedArtifact | undefined,
  { stock, platformName }: Place,
): Promise<ArtifactStatus> {
  const choice = chosenOrProblem(heldTo(wish, pinned), platformName);
  if ('problem' in choice) return nowhere(wish, pinned, choice);
  const { chosen } = choice;
  const matches = ({ pin }: StockItem) =>
    pinned === undefined ? isChosen(pin, chosen, platformName) : isPinned(pin, pinned, platformName);
  const source = pinned?.source ?? chosen.source;
  const isOurs = source === 'archive' || source === 'npm';
  const item = isOurs ? await stock.find(matches) : undefined;
  const version = pinned?.version ?? chosen.version;
  const digest = pinned === undefined ? undefined : pinnedSum(pinned, platformName);
  const trust = pinned?.source === 'archive' ? pinned.platforms[platformName]?.trust : undefined;
  return {
    key: keyOf(wish),
    client: wish.client.displayName,
    source,
    ...(version === undefined ? {} : { version }),
    origin: (pinned === undefined ? undefined : pinnedOrigin(pinned, platformName)) ?? originOf(chosen),
    ...(digest === undefined ? {} : { digest }),
    ...(trust === undefined ? {} : { trust }),
    isPinned: pinned !== undefined,
    installed: isOurs ? (item === undefined ? 'no' : 'yes') : 'elsewhere',
    ...(item === undefined ? {} : { path: item.path, bytes: item.bytes }),
    ...(pinned === undefined || agrees(pinned, chosen, platformName) ? {} : { disagrees: true }),
  };
}

/** What a wish means, or why it means nothing that there is: one such wish does not hide the others. */
export function chosenOrProblem(
  wish: ArtifactWish,
  platformName: string,
): { readonly chosen: ChosenArtifact } | { readonly problem: string } {
  try {
    return { chosen: chooseArtifact(wish, platformName) };
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-ARTIFACT-NO-SOURCE')) throw thrown;
    return { problem: thrown.message };
  }
}

function nowhere(
  wish: ArtifactWish,
  pinned: PinnedArtifact | undefined,
  { problem }: { readonly problem: string },
): ArtifactStatus {
  const version = pinned?.version ?? wish.version;
  return {
    key: keyOf(wish),
    client: wish.client.displayName,
    ...(version === undefined ? {} : { version }),
    isPinned: pinned !== undefined,
    installed: 'no',
    problem,
  };
}
