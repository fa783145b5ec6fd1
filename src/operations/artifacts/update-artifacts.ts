import type { ArtifactUpdate } from '../../artifacts/artifact-keeper.ts';
import { asOnlyUser } from '../direct/act.ts';
import type { ConfigWish } from '../effective-config.ts';
import { supervisorControl } from '../open-control.ts';
import type { Services } from '../services.ts';
import { withKeeper } from './with-keeper.ts';

export interface UpdateWish extends ConfigWish {
  /** Back to what was pinned before the last update. */
  readonly back: boolean;
}

export interface UpdateReport extends ArtifactUpdate {
  readonly lockFile: string;
  readonly applied: boolean;
  /** A supervisor is alive: it goes on with the programs that it has until it is told to apply. */
  readonly isSupervised: boolean;
}

export interface UpdateWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (doing: string) => void;
}

/**
 * What an update, or going back, would change. Nothing is fetched but images by their tags, whose digest is not known
 * otherwise. Throws EPH-ARTIFACT-*, and what pulling an image throws.
 */
export async function planArtifactUpdate(
  services: Services,
  wish: UpdateWish,
  { signal, onProgress }: UpdateWatch,
): Promise<UpdateReport> {
  const isSupervised = (await supervisorControl(services)) !== undefined;
  return withKeeper(services, { ...wish, onProgress }, async ({ keeper, wishes }) => {
    const update = wish.back
      ? await keeper.planBack()
      : await keeper.planUpdate(
          wishes.map((each) => each.wish),
          signal,
        );
    return { ...update, lockFile: keeper.lockPath, applied: false, isSupervised };
  });
}

/**
 * Installs and pins what the plan says. Nodes that run go on with the programs that they have until they are started
 * again. Throws EPH-ARTIFACT-* and EPH-ROOT-LOCKED; the lock file is then as it was.
 */
export async function updateArtifacts(
  services: Services,
  wish: UpdateWish,
  watch: UpdateWatch,
): Promise<UpdateReport> {
  const isSupervised = (await supervisorControl(services)) !== undefined;
  const { signal, onProgress } = watch;
  const work = () =>
    withKeeper(services, { ...wish, onProgress }, async ({ keeper, wishes }) => {
      const wanted = wishes.map((each) => each.wish);
      const update = wish.back ? await keeper.back() : await keeper.update(wanted, signal);
      return { ...update, lockFile: keeper.lockPath, applied: true, isSupervised };
    });
  // A supervisor holds the root. Should it pin something meanwhile, the two take turns at the lock file.
  return isSupervised ? work() : asOnlyUser(services, 'artifacts update', work);
}
