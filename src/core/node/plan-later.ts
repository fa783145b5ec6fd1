import type { Aim } from './aim.ts';
import { type ChainLayer, chainLayers } from './desired.ts';
import { runOf } from './journal-state.ts';
import { isProven } from './layer-verdict.ts';
import { collect, harvest } from './plan-aftercare.ts';
import type { Step, StepOf } from './step.ts';

/** The steps of a plan, by what they are for. */
interface Due {
  readonly network: readonly Step[];
  readonly validator: readonly Step[];
}

/** What will follow the steps that are due, as if each of them went well. */
export function planLater(aim: Aim, { network, validator }: Due): readonly Step[] {
  const after = network.length === 0 ? afterLive(aim) : afterNetwork(aim, network);
  return [...keysLater(aim, validator), ...after];
}

/** A run that begins, or is taken over, has been told nothing of its keys. */
function keysLater({ desired, observed, target }: Aim, validator: readonly Step[]): readonly Step[] {
  const isNewRun = validator.some(({ kind }) => kind === 'start' || kind === 'adopt');
  const { keySets = [], keySettings } = desired.validator ?? {};
  const { keys } = observed;
  if (!isNewRun || keySettings === undefined || keySets.length === 0 || !keys.known) return [];
  const fingerprint = `${keys.value.fingerprint}-${keySettings}`;
  return [{ kind: 'load-keys', lane: 'validator', keySets, identity: target.identity, fingerprint }];
}

/** Both chain clients are where they should be: nothing is left but what waits for the first blocks. */
function afterLive(aim: Aim): readonly Step[] {
  const { reset } = aim.observed.journal;
  const isExpected = reset?.completedAtMs !== undefined && reset.liveAtMs === undefined;
  return isExpected ? collect(aim) : [];
}

function afterNetwork(aim: Aim, network: readonly Step[]): readonly Step[] {
  const { journal } = aim.observed;
  // Of what the runtime says nothing, nothing can be foreseen either.
  if (network.some(({ kind }) => kind === 'await-runtime')) return [];
  const harvests = chainLayers.flatMap((layer) => harvestLater(aim, layer, network));
  const isCompleted = journal.reset?.completedAtMs !== undefined;
  if (!isCompleted && !network.some(({ kind }) => kind === 'complete-reset')) return harvests;
  const live: readonly Step[] =
    journal.reset?.liveAtMs === undefined
      ? [{ kind: 'confirm-live', lane: 'aftercare', identity: aim.target.identity }]
      : [];
  // By then no client runs on the data that it is on now.
  const observed = { ...aim.observed, journal: { ...journal, runs: {}, starting: {} } };
  return [...harvests, ...live, ...collect({ ...aim, observed })];
}

function harvestLater({ observed }: Aim, layer: ChainLayer, network: readonly Step[]): readonly Step[] {
  const { journal } = observed;
  const placed = network.findLast(
    (step): step is StepOf<'start' | 'prove'> =>
      (step.kind === 'start' || step.kind === 'prove') && step.layer === layer,
  );
  if (placed !== undefined) return harvest(journal, layer, placed);
  const run = runOf(journal, layer) ?? journal.starting[layer];
  return run !== undefined && isProven(journal, layer, run) ? harvest(journal, layer, run) : [];
}
