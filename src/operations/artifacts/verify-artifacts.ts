import type { Verification } from '../../artifacts/verify-installed.ts';
import type { ConfigWish } from '../effective-config.ts';
import type { Services } from '../services.ts';
import { withKeeper } from './with-keeper.ts';

export interface VerifyReport {
  readonly lockFile: string;
  readonly programs: readonly Verification[];
}

/** Reads every installed program again and holds it against the lock file; of images the container engine is asked. Nobody else is. */
export async function verifyArtifacts(services: Services, wish: ConfigWish): Promise<VerifyReport> {
  return withKeeper(services, wish, async ({ keeper, wishes }) => ({
    lockFile: keeper.lockPath,
    programs: await keeper.verify(wishes.map((each) => each.wish)),
  }));
}
