import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { identityName, type NetworkIdentity } from '../../core/network/identity.ts';
import { releasesToRemove } from '../../core/network/release-retention.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';

export interface NetworkReleases {
  readonly definition: NetworkDefinition;
  readonly library: ReleaseLibrary;
  /** What nodes of this network are on, or were on last; undefined while one of them does not know. */
  inUse(): readonly NetworkIdentity[] | undefined;
}

export interface Collecting {
  readonly keep: number;
  readonly nowMs: number;
  readonly log: Log;
}

/** Removes the releases of a network that no node of the root needs any more. A failure is logged: it is no hurry. */
export async function collectReleases(
  { definition, library, inUse }: NetworkReleases,
  { keep, nowMs, log }: Collecting,
): Promise<void> {
  const used = inUse();
  if (used === undefined) return;
  try {
    const held = (await library.held()).map(({ bundle }) => bundle);
    const wanted = iterationAt(definition, nowMs);
    const gone = releasesToRemove({ held: held.map((each) => each.identity), keep, wanted, inUse: used });
    const names = new Set(gone.map(identityName));
    for (const bundle of held.filter((each) => names.has(identityName(each.identity)))) {
      await library.remove(bundle);
      log.info('a release was removed', { release: identityName(bundle.identity) });
    }
  } catch (cause) {
    log.warn('old releases could not be removed', {
      network: definition.name,
      reason: messageOf(cause),
    });
  }
}
