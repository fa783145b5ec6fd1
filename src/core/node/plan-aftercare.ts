import { sameIdentity } from '../network/identity.ts';
import type { Aim } from './aim.ts';
import { collectibleFolders } from './chain-folders.ts';
import { chainLayers } from './desired.ts';
import type { Step } from './step.ts';

/** What is done once the node is where it should be, or to make room when it cannot get there. */
export function planAftercare(aim: Aim, settled: boolean): readonly Step[] {
  if (!settled) return [];
  return [...harvestSteps(aim), ...liveSteps(aim), ...collectSteps(aim)];
}

function harvestSteps({ observed }: Aim): readonly Step[] {
  return chainLayers.flatMap((layer): readonly Step[] => {
    const run = observed.journal.runs[layer];
    if (run === undefined) return [];
    const { folder, client } = run;
    const same = (h: { layer: string; folder: string; client: string }) =>
      h.layer === layer && h.folder === folder && h.client === client;
    if (!observed.journal.proven.some(same) || observed.journal.harvested.some(same)) return [];
    return [{ kind: 'harvest', lane: 'aftercare', layer, folder, client }];
  });
}

function liveSteps({ observed, target }: Aim): readonly Step[] {
  const reset = observed.journal.reset;
  if (reset?.completedAtMs === undefined || reset.liveAtMs !== undefined) return [];
  return [{ kind: 'confirm-live', lane: 'aftercare', identity: target.identity }];
}

function collectSteps({ desired, observed, target }: Aim): readonly Step[] {
  const reset = observed.journal.reset;
  if (reset?.liveAtMs === undefined || !sameIdentity(reset.identity, target.identity)) return [];
  // A reset that waits for room may take that of all networks that are over.
  const short = observed.freeBytes.known && observed.freeBytes.value < desired.minimumFreeBytes;
  const kept = short ? 0 : desired.keepOldChains;
  return collectibleFolders(kept, observed, target.identity).map((folder) => ({
    kind: 'collect',
    lane: 'aftercare',
    folder,
  }));
}
