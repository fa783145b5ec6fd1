import { displayUrl } from '../../base/http-url.ts';
import { checkpointFindings } from '../findings/checkpoint.ts';
import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import { identityName } from '../network/identity.ts';
import type { Aim, Part } from './aim.ts';
import { type FolderChoice, folderOf } from './chain-folders.ts';
import { type ChainLayer, chainLayers } from './desired.ts';
import { carriedBy, layersOf } from './hosting.ts';
import { applyEntry } from './journal-state.ts';
import { isProven, type LayerVerdict } from './layer-verdict.ts';
import type { ObservedCheckpoint } from './observed.ts';
import { restartWaitMs } from './restart-policy.ts';
import type { Step, StopReason } from './step.ts';

/** New directories that are tried by ourselves for a client that comes up on a wrong network. */
const wrongNetworkTries = 2;
const unprovenWorthTellingMs = 120_000;
const silenceWorthTellingMs = 120_000;

/** Brings both chain clients to the target, consensus stopped before execution, execution proven before consensus. */
export function planNetwork(aim: Aim): Part {
  const { verdicts } = aim;
  const findings = chainLayers.flatMap((layer) => layerFindings(aim, layer, verdicts[layer]));
  if (!aim.target.mayMove) return { steps: [], findings };
  const silent = chainLayers.flatMap((layer) => silentSteps(layer, verdicts[layer]));
  if (silent.length > 0) return { steps: silent, findings };
  const steps = [
    ...chainLayers.flatMap((layer) => condemnSteps(aim, layer, verdicts[layer])),
    ...chainLayers.toReversed().flatMap((unit) => stopSteps(aim, unit)),
    ...chainLayers.flatMap((unit) => upSteps(aim, layersOf(aim.desired, unit))),
    ...completeStep(aim),
  ];
  return { steps: withRelease(aim, steps), findings };
}

function silentSteps(layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  if (verdict.state !== 'unknown') return [];
  return [{ kind: 'await-runtime', lane: 'network', layer, reason: verdict.reason }];
}

/** Of a unit: for what any of its layers gives as a reason. */
function stopSteps(aim: Aim, unit: ChainLayer): readonly Step[] {
  const { desired, observed, verdicts } = aim;
  const { signal, deadlineMs, resetStopDeadlineMs } = desired[unit].stop;
  const stop = ({ reason, isHurried }: Stop): readonly Step[] => {
    const afterMs = isHurried === true ? resetStopDeadlineMs : deadlineMs;
    return [{ kind: 'stop', lane: 'network', layer: unit, reason, signal, deadlineMs: afterMs }];
  };
  const layers = layersOf(desired, unit);
  // What it ran as before it ran inside another's program.
  if (layers.length === 0)
    return observed.units[unit].state === 'off' ? [] : stop({ reason: 'new-settings' });
  const [first] = layers.flatMap((layer) => stopOf(aim, layer, verdicts[layer]) ?? []);
  return first === undefined ? [] : stop(first);
}

interface Stop {
  readonly reason: StopReason;
  /** Data that nobody needs any more may be left behind by a kill. */
  readonly isHurried?: true;
}

function stopOf(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): Stop | undefined {
  if (verdict.state === 'stray') return { reason: 'unknown-run' };
  if (verdict.state === 'elsewhere') {
    if (!verdict.givenUp) return { reason: 'new-settings' };
    return { reason: verdict.wasWrong ? 'wrong-network' : 'reset', isHurried: true };
  }
  if (verdict.state === 'wrong' && mayTryAgain(aim, layer))
    return { reason: 'wrong-network', isHurried: true };
  return undefined;
}

/** Of a unit, by its layers: none where a layer has no unit of its own. */
function upSteps(aim: Aim, layers: readonly ChainLayer[]): readonly Step[] {
  const { verdicts } = aim;
  const [unit] = layers;
  if (unit === undefined) return [];
  if (layers.some((layer) => mustStart(aim, layer, verdicts[layer]))) return startSteps(aim, unit, layers);
  const adopt: readonly Step[] =
    verdicts[unit].state === 'unconfirmed' ? [{ kind: 'adopt', lane: 'network', layer: unit }] : [];
  const unproven = layers.filter((layer) => ['unproven', 'unconfirmed'].includes(verdicts[layer].state));
  return [...adopt, ...unproven.flatMap((layer) => proveSteps(aim, layer, verdicts[layer].choice))];
}

function mustStart(aim: Aim, layer: ChainLayer, { state }: LayerVerdict): boolean {
  if (state === 'wrong') return mayTryAgain(aim, layer);
  return state === 'off' || state === 'stray' || state === 'elsewhere';
}

/** Written down before the client stops: once it is down, nothing else tells that its data are not to be used again. */
function condemnSteps(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  if (verdict.state !== 'wrong' || !mayTryAgain(aim, layer)) return [];
  return [{ kind: 'condemn', lane: 'network', layer, folder: verdict.folder, reason: 'wrong-network' }];
}

/** Where a layer will be once the data of the layers that are on a wrong network are given up. */
function choiceAfterCondemning(aim: Aim, layer: ChainLayer, layers: readonly ChainLayer[]): FolderChoice {
  const { desired, observed, target, verdicts } = aim;
  const { identity } = target;
  const journal = layers.reduce((state, each) => {
    const verdict = verdicts[each];
    if (verdict.state !== 'wrong' || !mayTryAgain(aim, each)) return state;
    const { folder } = verdict;
    const reason = 'wrong-network';
    return applyEntry(state, { type: 'folder.condemned', layer: each, folder, reason, atMs: 0 });
  }, observed.journal);
  return folderOf(layer, { desired, identity }, { chains: observed.chains, journal });
}

function startSteps(aim: Aim, unit: ChainLayer, layers: readonly ChainLayer[]): readonly Step[] {
  const { desired, observed, target } = aim;
  const { client, fingerprint } = desired[unit];
  const { identity } = target;
  const leftMs = observed.units[unit].state === 'off' ? restartWaitMs(observed.crashes[unit]) : 0;
  const placed = layers.map((layer) => ({ layer, choice: choiceAfterCondemning(aim, layer, layers) }));
  const steps: Step[] = placed.flatMap(({ layer, choice: { folder, ready } }) =>
    ready
      ? []
      : [{ kind: 'prepare', lane: 'network', layer, folder, client: desired[layer].client, identity }],
  );
  if (leftMs > 0) steps.push({ kind: 'await-restart', lane: 'network', layer: unit, leftMs });
  const { folder } = choiceAfterCondemning(aim, unit, layers);
  const carries = carriedBy(desired, unit);
  steps.push({
    ...({ kind: 'start', lane: 'network', layer: unit, client, fingerprint, folder, identity } as const),
    ...(carries === undefined ? {} : { carries }),
  });
  return [...steps, ...placed.flatMap(({ layer, choice }) => proveSteps(aim, layer, choice))];
}

/** Data that were proven once are so still when their client is started on them again. */
function proveSteps({ desired, observed, target }: Aim, layer: ChainLayer, choice: FolderChoice) {
  const { folder } = choice;
  const { client } = desired[layer];
  if (isProven(observed.journal, layer, { folder, client })) return [];
  return [{ kind: 'prove', lane: 'network', layer, folder, client, identity: target.identity } as const];
}

function completeStep(aim: Aim): readonly Step[] {
  const { observed, target, verdicts } = aim;
  const stuck = chainLayers.some((layer) => verdicts[layer].state === 'wrong' && !mayTryAgain(aim, layer));
  if (observed.journal.reset?.completedAtMs !== undefined || stuck) return [];
  return [{ kind: 'complete-reset', lane: 'network', identity: target.identity }];
}

/** Without the release's files nothing can be prepared or started: they come first. */
function withRelease({ target }: Aim, steps: readonly Step[]): readonly Step[] {
  const first = steps.findIndex((step) => step.kind === 'prepare' || step.kind === 'start');
  if (target.bundle !== undefined || first < 0) return steps;
  const iteration = target.identity.iteration;
  return [
    ...steps.slice(0, first),
    { kind: 'await-release', lane: 'network', iteration },
    ...steps.slice(first),
  ];
}

function wrongTries({ observed, target }: Aim, layer: ChainLayer): number {
  const name = identityName(target.identity);
  return observed.journal.condemned.filter(
    (c) => c.layer === layer && c.reason === 'wrong-network' && c.folder.startsWith(name),
  ).length;
}

function mayTryAgain(aim: Aim, layer: ChainLayer): boolean {
  return wrongTries(aim, layer) < wrongNetworkTries;
}

function layerFindings(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): readonly Finding[] {
  const subject = { node: aim.desired.name, layer };
  if (verdict.state === 'unknown') {
    const facts = { layer, reason: verdict.reason };
    return [nodeFindings.create('EPH-NODE-RUNTIME-SILENT', facts, subject)];
  }
  if (verdict.state === 'wrong') {
    const tries = wrongTries(aim, layer);
    return mayTryAgain(aim, layer)
      ? [nodeFindings.create('EPH-NODE-WRONG-NETWORK', { layer, folder: verdict.folder }, subject)]
      : [nodeFindings.create('EPH-NODE-WRONG-NETWORK-AGAIN', { layer, tries }, subject)];
  }
  if (layer === 'consensus' && aim.observed.otherCheckpoint !== undefined)
    return [otherCheckpoint(aim, aim.observed.otherCheckpoint)];
  const { silentForMs } = aim.observed.answers[layer];
  if (verdict.state === 'proven' && !verdict.answers && silentForMs >= silenceWorthTellingMs) {
    const facts = { layer, silentSeconds: Math.floor(silentForMs / 1000) };
    return [nodeFindings.create('EPH-NODE-CLIENT-SILENT', facts, subject)];
  }
  const waitedMs = aim.observed.provingForMs[layer];
  if (verdict.state !== 'unproven' || waitedMs < unprovenWorthTellingMs) return [];
  const facts = { layer, waitedSeconds: Math.floor(waitedMs / 1000) };
  return [nodeFindings.create('EPH-NODE-UNPROVEN', facts, subject)];
}

function otherCheckpoint(aim: Aim, { epoch, agreed, found }: ObservedCheckpoint): Finding {
  const node = aim.desired.name;
  const provider = displayUrl(aim.observed.journal.checkpoint?.provider ?? '');
  const facts = { node, epoch, agreed, found, provider };
  return checkpointFindings.create('EPH-CHECKPOINT-OTHER', facts, { node, layer: 'consensus' });
}
