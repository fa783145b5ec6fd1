import type { Unneeded } from '../../artifacts/unneeded.ts';
import { asOnlyUser } from '../direct/act.ts';
import type { ConfigWish } from '../effective-config.ts';
import { supervisorControl } from '../open-control.ts';
import type { Services } from '../services.ts';
import { runningVersions } from './running-versions.ts';
import { withKeeper } from './with-keeper.ts';

export interface PruneReport {
  readonly removed: readonly Unneeded[];
  readonly bytes: number;
  readonly isDryRun: boolean;
}

/**
 * Removes programs that neither the lock file nor its previous entries mean, that the configuration does not want
 * and that may not be running, images of such that we pulled, and parts of downloads that nobody goes on with. Throws EPH-ROOT-LOCKED.
 */
export async function pruneArtifacts(
  services: Services,
  wish: ConfigWish & { readonly dryRun: boolean },
): Promise<PruneReport> {
  const inUse = await runningVersions(services);
  const work = () =>
    withKeeper(services, wish, async ({ keeper, wishes }) => {
      const unneeded = await keeper.unneeded(
        wishes.map((each) => each.wish),
        inUse,
      );
      const removed = wish.dryRun ? unneeded : await keeper.remove(unneeded);
      const bytes = removed.reduce((sum, item) => sum + item.bytes, 0);
      return { removed, bytes, isDryRun: wish.dryRun };
    });
  const isSupervised = (await supervisorControl(services)) !== undefined;
  return wish.dryRun || isSupervised ? work() : asOnlyUser(services, 'artifacts prune', work);
}
