import type { Finding } from '../../core/findings/finding.ts';
import type { ForkName } from '../../core/network/forks.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { iterationAt, releaseTag } from '../../core/network/schedule.ts';
import type { HeldRelease, ReleaseLibrary, SourceReport } from '../../releases/release-library.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from './known-network.ts';

export interface ReleasesReport {
  readonly network: string;
  /** By the clock; below zero before the first. */
  readonly currentIteration: number;
  /** On the disk and verified, newest first. */
  readonly held: readonly HeldReport[];
  /** What the sources say; absent when they were not asked. */
  readonly asked?: readonly AskedReport[];
  readonly findings: readonly Finding[];
}

export interface HeldReport {
  readonly tag: string;
  readonly identity: NetworkIdentity;
  readonly highestFork: ForkName;
  readonly source: string;
  readonly fetchedAtMs: number;
  readonly directory: string;
}

export interface AskedReport {
  readonly iteration: number;
  readonly tag: string;
  readonly which: 'current' | 'next';
  readonly sources: readonly SourceReport[];
}

export interface ReleasesWish extends NetworkWish {
  readonly ask: boolean;
}

/** The releases of a network on the disk and, when asked for, what each source says. Throws as `knownNetwork`. */
export async function listNetworkReleases(
  services: NetworkServices,
  wish: ReleasesWish,
  signal: AbortSignal,
): Promise<ReleasesReport> {
  const { definition } = await knownNetwork(services, wish);
  const currentIteration = iterationAt(definition, services.clock.nowMs());
  const library = await services.openLibrary(definition);
  try {
    const held = (await library.held()).map(heldReport);
    const report = { network: definition.name, currentIteration, held };
    if (!wish.ask) return { ...report, findings: [] };
    const wanted = [
      { iteration: currentIteration, which: 'current' as const },
      { iteration: currentIteration + 1, which: 'next' as const },
    ].filter(({ iteration }) => iteration >= 0);
    const asked = await Promise.all(
      wanted.map(async ({ iteration, which }) => ({
        iteration,
        tag: releaseTag(definition, iteration),
        which,
        sources: await library.ask(iteration, signal),
      })),
    );
    return { ...report, asked, findings: clockFindings(library) };
  } finally {
    await library.close();
  }
}

/** That nobody told the time is no news here: the sources' answers say why. */
function clockFindings(library: ReleaseLibrary): readonly Finding[] {
  return library.clockSkewMs().known ? library.clockFindings() : [];
}

function heldReport({ bundle, source, fetchedAtMs }: HeldRelease): HeldReport {
  const { tag, identity, highestFork, directory } = bundle;
  return { tag, identity, highestFork, source, fetchedAtMs, directory };
}
