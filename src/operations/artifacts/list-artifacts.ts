import type { ArtifactStatus } from '../../artifacts/artifact-status.ts';
import { keyOf } from '../../artifacts/choose-artifact.ts';
import type { Unneeded } from '../../artifacts/unneeded.ts';
import type { ConfigWish } from '../effective-config.ts';
import type { Services } from '../services.ts';
import { runningVersions } from './running-versions.ts';
import { withKeeper } from './with-keeper.ts';

export interface ArtifactReport extends ArtifactStatus {
  /** The clients of nodes that it is for, as `home.execution`. */
  readonly usedBy: readonly string[];
}

export interface ArtifactsReport {
  readonly lockFile: string;
  readonly programs: readonly ArtifactReport[];
  /** What `prune` would remove. */
  readonly unneeded: readonly Unneeded[];
}

/** The programs of a configuration: where they come from, how far they are trusted, whether they are here. */
export async function listArtifacts(services: Services, wish: ConfigWish): Promise<ArtifactsReport> {
  const inUse = await runningVersions(services);
  return withKeeper(services, wish, async ({ keeper, wishes }) => {
    const wanted = wishes.map((each) => each.wish);
    const statuses = await keeper.list(wanted);
    const programs = statuses.map((status) => ({
      ...status,
      usedBy: wishes
        .filter((each) => keyOf(each.wish) === status.key)
        .map(({ node, layer }) => `${node}.${layer}`),
    }));
    return { lockFile: keeper.lockPath, programs, unneeded: await keeper.unneeded(wanted, inUse) };
  });
}
