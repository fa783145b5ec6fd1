import { displayUrl } from '../../base/http-url.ts';
import { checkpointFindings } from '../findings/checkpoint.ts';
import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import { identityName } from '../network/identity.ts';
import type { Aim, Part } from './aim.ts';
import { chooseFolder, type FolderChoice } from './chain-folders.ts';
import { type ChainLayer, chainLayers } from './desired.ts';
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
    ...chainLayers.toReversed().flatMap((layer) => stopSteps(aim, layer, verdicts[layer])),
    ...chainLayers.flatMap((layer) => upSteps(aim, layer, verdicts[layer])),
    ...completeStep(aim),
  ];
  return { steps: withRelease(aim, steps), findings };
}

function silentSteps(layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  if (verdict.state !== 'unknown') return [];
  return [{ kind: 'await-runtime', lane: 'network', layer, reason: verdict.reason }];
}

function stopSteps(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  const { signal, deadlineMs, resetStopDeadlineMs } = aim.desired[layer].stop;
  const stop = (reason: StopReason, afterMs: number): readonly Step[] => [
    { kind: 'stop', lane: 'network', layer, reason, signal, deadlineMs: afterMs },
  ];
  if (verdict.state === 'stray') return stop('unknown-run', deadlineMs);
  if (verdict.state === 'elsewhere') {
    if (!verdict.givenUp) return stop('new-settings', deadlineMs);
    // Data that nobody needs any more may be left behind by a kill.
    return stop(verdict.wasWrong ? 'wrong-network' : 'reset', resetStopDeadlineMs);
  }
  if (verdict.state === 'wrong' && mayTryAgain(aim, layer)) return stop('wrong-network', resetStopDeadlineMs);
  return [];
}

function upSteps(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  if (verdict.state === 'proven') return [];
  if (verdict.state === 'unproven') return proveSteps(aim, layer, verdict.choice);
  if (verdict.state === 'unconfirmed') {
    return [{ kind: 'adopt', lane: 'network', layer }, ...proveSteps(aim, layer, verdict.choice)];
  }
  if (verdict.state !== 'wrong') return startSteps(aim, layer, verdict.choice);
  if (!mayTryAgain(aim, layer)) return [];
  return startSteps(aim, layer, choiceAfterCondemning(aim, layer, verdict.folder));
}

/** Written down before the client stops: once it is down, nothing else tells that its data are not to be used again. */
function condemnSteps(aim: Aim, layer: ChainLayer, verdict: LayerVerdict): readonly Step[] {
  if (verdict.state !== 'wrong' || !mayTryAgain(aim, layer)) return [];
  return [{ kind: 'condemn', lane: 'network', layer, folder: verdict.folder, reason: 'wrong-network' }];
}

function choiceAfterCondemning(
  { desired, observed, target }: Aim,
  layer: ChainLayer,
  folder: string,
): FolderChoice {
  const entry = { type: 'folder.condemned', layer, folder, reason: 'wrong-network', atMs: 0 } as const;
  const journal = applyEntry(observed.journal, entry);
  const want = { layer, client: desired[layer].client, identity: target.identity };
  return chooseFolder(want, { chains: observed.chains, journal });
}

function startSteps(aim: Aim, layer: ChainLayer, { folder, ready }: FolderChoice): readonly Step[] {
  const { desired, observed, target } = aim;
  const { client, fingerprint } = desired[layer];
  const { identity } = target;
  const leftMs = observed.units[layer].state === 'off' ? restartWaitMs(observed.crashes[layer]) : 0;
  const steps: Step[] = [];
  if (!ready) steps.push({ kind: 'prepare', lane: 'network', layer, folder, client, identity });
  if (leftMs > 0) steps.push({ kind: 'await-restart', lane: 'network', layer, leftMs });
  steps.push({ kind: 'start', lane: 'network', layer, client, fingerprint, folder, identity });
  return [...steps, ...proveSteps(aim, layer, { folder, ready })];
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
