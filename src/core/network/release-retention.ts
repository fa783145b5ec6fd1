import { identityName, type NetworkIdentity } from './identity.ts';

export interface ReleaseKeeping {
  /** Held releases, the newest first. */
  readonly held: readonly NetworkIdentity[];
  /** So many of the newest stay whatever else holds. */
  readonly keep: number;
  /** The iteration by the clock: it and what comes after it stays. */
  readonly wanted: number;
  /** What nodes are on, or were on last. */
  readonly inUse: readonly NetworkIdentity[];
}

/** The releases that nobody needs any more. */
export function releasesToRemove({ held, keep, wanted, inUse }: ReleaseKeeping): readonly NetworkIdentity[] {
  const used = new Set(inUse.map(identityName));
  return held.slice(keep).filter((each) => each.iteration < wanted && !used.has(identityName(each)));
}
