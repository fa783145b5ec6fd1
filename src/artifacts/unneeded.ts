import type { ChosenArtifact, PinnedArtifact } from './artifact.ts';
import { pinnedText } from './describe.ts';
import { isChosen, isPinned } from './same-program.ts';
import type { Stock } from './stock.ts';

/** Something in the `artifacts` folder that can go. */
export interface Unneeded {
  readonly what: string;
  readonly path: string;
  readonly bytes: number;
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
