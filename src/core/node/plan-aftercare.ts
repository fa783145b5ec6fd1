import { sameIdentity } from '../network/identity.ts';
import type { Aim } from './aim.ts';
import { collectibleFolders } from './chain-folders.ts';
import { type ChainLayer, chainLayers } from './desired.ts';
import { type JournalState, runOf } from './journal-state.ts';
import { isProven } from './layer-verdict.ts';
import type { Step, StepOf } from './step.ts';

/** What is done once the node is where it should be, or to make room when it cannot get there. */
export function planAftercare(aim: Aim, settled: boolean): readonly Step[] {
  if (!settled) return [];
  return [...harvestSteps(aim), ...liveSteps(aim), ...leftSteps(aim), ...collectSteps(aim)];
}

/** What a kill or an error left of a folder that was being removed: no retention asks for it, and a reset may wait for its room. */
function leftSteps({ observed }: Aim): readonly Step[] {
  const there = observed.chains.map(({ name }) => name);
  return observed.halfRemoved
    .filter((folder) => !there.includes(folder))
    .map((folder) => ({ kind: 'collect', lane: 'aftercare', folder }));
}

function harvestSteps({ observed: { journal } }: Aim): readonly Step[] {
  return chainLayers.flatMap((layer): readonly Step[] => {
    const run = runOf(journal, layer);
    if (run === undefined || !isProven(journal, layer, run)) return [];
    return harvest(journal, layer, run);
  });
}

/** Keeps the node identity of a client that is proven, unless it was kept already. */
export function harvest(
  journal: JournalState,
  layer: ChainLayer,
  { folder, client }: { readonly folder: string; readonly client: string },
): readonly StepOf<'harvest'>[] {
  const isKept = journal.harvested.some(
    (kept) => kept.layer === layer && kept.folder === folder && kept.client === client,
  );
  return isKept ? [] : [{ kind: 'harvest', lane: 'aftercare', layer, folder, client }];
}

function liveSteps({ observed, target }: Aim): readonly Step[] {
  const reset = observed.journal.reset;
  if (reset?.completedAtMs === undefined || reset.liveAtMs !== undefined) return [];
  return [{ kind: 'confirm-live', lane: 'aftercare', identity: target.identity }];
}

function collectSteps(aim: Aim): readonly Step[] {
  const reset = aim.observed.journal.reset;
  if (reset?.liveAtMs === undefined || !sameIdentity(reset.identity, aim.target.identity)) return [];
  return collect(aim);
}

/** Old chain data that are not needed any more once the target is live. */
export function collect({ desired, observed, target }: Aim): readonly StepOf<'collect'>[] {
  // A reset that waits for room may take that of all networks that are over.
  const short = observed.freeBytes.known && observed.freeBytes.value < desired.minimumFreeBytes;
  const kept = short ? 0 : desired.keepOldChains;
  return collectibleFolders(kept, observed, target.identity).map((folder) => ({
    kind: 'collect',
    lane: 'aftercare',
    folder,
  }));
}
