import type { Finding } from '../findings/finding.ts';
import { nodeFindings } from '../findings/node.ts';
import { identityName, type NetworkIdentity, sameIdentity } from '../network/identity.ts';
import { iterationAt, scheduleOf } from '../network/schedule.ts';
import type { Aim, Part } from './aim.ts';
import { type DesiredNode, nodeLayers } from './desired.ts';
import { withHeldClients } from './held-clients.ts';
import type { JournalEvent, ResetCause } from './journal-entry.ts';
import { adoptedIdentity, applyEntry } from './journal-state.ts';
import { judgeLayers } from './layer-verdict.ts';
import type { ObservedNode } from './observed.ts';
import { planAftercare } from './plan-aftercare.ts';
import { planLater } from './plan-later.ts';
import { planNetwork } from './plan-network.ts';
import { planSignerStop, signerDown } from './plan-signer.ts';
import { planValidator, planValidatorStop } from './plan-validator.ts';
import { crashesWorthTelling, isLeftAlone, steadyRunMs } from './restart-policy.ts';
import type { Step } from './step.ts';
import { type Choice, chooseTarget, type Target } from './target.ts';
import { genesisFindings } from './validator-gates.ts';

/** What would be done now, in order, and what is worth telling. */
export interface Plan {
  /** The iteration by the clock. */
  readonly wanted?: number;
  readonly target?: NetworkIdentity;
  readonly steps: readonly Step[];
  /** What will follow the steps, as far as it can be foreseen: to be shown. When it comes to it, it is planned anew. */
  readonly later: readonly Step[];
  readonly findings: readonly Finding[];
  /** Iterations whose releases should be fetched in the background. */
  readonly fetch: readonly number[];
  /** Wall clock: when time alone changes the plan. */
  readonly wakeAtMs: number;
}

/**
 * The whole of what a node needs to get from what is seen to what is desired, as of `nowMs` (wall clock).
 * Pure: a reset, a first start, a restart after a crash and a return from a long absence all come out of it.
 */
export function planNode(asked: DesiredNode, observed: ObservedNode, nowMs: number): Plan {
  const desired = withHeldClients(asked, observed);
  const wakeAtMs = nextDateMs(desired, nowMs);
  if (desired.intent === 'down')
    return { steps: planDown(desired, observed), later: [], findings: [], fetch: [], wakeAtMs };
  const choice = chooseTarget({ desired, observed, nowMs });
  const { steps, later, findings } = planUp({ desired, observed, nowMs }, choice);
  return {
    ...(choice.wanted === undefined ? {} : { wanted: choice.wanted }),
    ...(choice.target === undefined ? {} : { target: choice.target.identity }),
    steps,
    later,
    findings: [...choice.findings, ...findings, ...exitFindings(desired, observed)],
    fetch: toFetch({ desired, observed, nowMs }, choice),
    wakeAtMs,
  };
}

/** The journal entry that begins a reset to `identity`; in a plan it is assumed, in execution it is written. */
export function resetStart(
  begin: { readonly identity: NetworkIdentity; readonly cause: ResetCause },
  seen: { readonly desired: DesiredNode; readonly observed: ObservedNode; readonly nowMs: number },
): Extract<JournalEvent, { type: 'reset.started' }> {
  const { identity, cause } = begin;
  const name = identityName(identity);
  const own = seen.observed.chains.filter((folder) => identityName(folder.identity) === name);
  const startMs = scheduleOf(seen.desired.network, identity.iteration).startSeconds * 1000;
  return {
    type: 'reset.started',
    identity,
    cause,
    scheduledAtMs: cause === 'scheduled' ? startMs : seen.nowMs,
    waitedMs: 0,
    givesUp: cause === 'forced' ? own.map((folder) => folder.name) : [],
  };
}

interface Situation {
  readonly desired: DesiredNode;
  readonly observed: ObservedNode;
  readonly nowMs: number;
}

function planUp(situation: Situation, choice: Choice): Part & Pick<Plan, 'later'> {
  const { desired, observed, nowMs } = situation;
  if (choice.target === undefined)
    return { steps: withoutTarget(situation, choice), later: [], findings: [] };
  const begin = resetToBegin(situation, choice.target);
  const journal =
    begin === undefined
      ? observed.journal
      : applyEntry(observed.journal, { ...resetStart(begin, situation), atMs: nowMs });
  const { target } = choice;
  const seen = { ...observed, journal };
  const verdicts = judgeLayers({ desired, observed: seen, identity: target.identity });
  const aim: Aim = { desired, observed: seen, target, verdicts };
  const network = planNetwork(aim);
  const settled = network.steps.length === 0;
  const validator = planValidator(aim, settled);
  const after = planAftercare(aim, settled);
  const stops = planValidatorStop(aim);
  // The stop of validators inside another program is that of their signer.
  const isBoth = stops.length > 0 && seen.journal.runs.validator?.host !== undefined;
  const waiting: readonly Step[] =
    choice.awaits === undefined
      ? []
      : [{ kind: 'await-release', lane: 'aftercare', iteration: choice.awaits }];
  return {
    steps: [
      ...(begin === undefined ? [] : [{ ...begin, kind: 'begin-reset', lane: 'network' } as const]),
      ...stops,
      ...(isBoth ? [] : planSignerStop(aim)),
      ...network.steps,
      ...validator.steps,
      ...waiting,
      ...after,
    ],
    later: planLater(aim, { network: network.steps, validator: validator.steps }),
    findings: [...network.findings, ...validator.findings, ...genesisFindings(aim, validator.steps, nowMs)],
  };
}

function resetToBegin(
  { desired, observed }: Situation,
  target: Target,
): { identity: NetworkIdentity; cause: ResetCause } | undefined {
  const { identity } = target;
  const adopted = adoptedIdentity(observed.journal);
  if (!target.mayMove) return undefined;
  if (adopted === undefined) return { identity, cause: 'first' };
  if (!sameIdentity(adopted, identity)) return { identity, cause: 'scheduled' };
  return desired.force ? { identity, cause: 'forced' } : undefined;
}

/** Nothing is known of where to be: only the validator client must not run. */
function withoutTarget({ desired, observed }: Situation, choice: Choice): readonly Step[] {
  const stop = desired.validator?.stop ?? desired.consensus.stop;
  const unit = observed.units.validator.state;
  const stops: readonly Step[] =
    unit === 'running' || unit === 'stray'
      ? [
          {
            kind: 'stop',
            lane: 'network',
            layer: 'validator',
            reason: 'network-unproven',
            signal: stop.signal,
            deadlineMs: stop.deadlineMs,
          },
        ]
      : [];
  // Nobody knows for whom one signs that no record tells of.
  const signers = observed.signer?.state === 'stray' ? signerDown(desired, observed) : [];
  if (choice.awaits === undefined) return [...stops, ...signers];
  return [...stops, ...signers, { kind: 'await-release', lane: 'aftercare', iteration: choice.awaits }];
}

function planDown(desired: DesiredNode, observed: ObservedNode): readonly Step[] {
  const steps = nodeLayers.toReversed().flatMap((layer): readonly Step[] => {
    const unit = observed.units[layer];
    const { signal, deadlineMs } = (desired[layer] ?? desired.consensus).stop;
    if (unit.state === 'unknown') {
      return [{ kind: 'await-runtime', lane: 'network', layer, reason: unit.reason }];
    }
    if (unit.state === 'off') return [];
    return [{ kind: 'stop', lane: 'network', layer, reason: 'down', signal, deadlineMs }];
  });
  const ofValidator = steps.findIndex((step) => 'layer' in step && step.layer === 'validator') + 1;
  return steps.toSpliced(ofValidator, 0, ...signerDown(desired, observed));
}

/** The wanted release when it is missing, and the next one from its prefetch lead on. */
function toFetch({ desired, observed, nowMs }: Situation, choice: Choice): readonly number[] {
  const held = new Set(observed.bundles.map((bundle) => bundle.identity.iteration));
  const next = iterationAt(desired.network, nowMs) + 1;
  const leadMs = desired.network.prefetchLeadSeconds * 1000;
  const soon = nowMs >= scheduleOf(desired.network, next).startSeconds * 1000 - leadMs;
  const target = choice.target;
  const missing = target !== undefined && target.bundle === undefined ? target.identity.iteration : undefined;
  const wanted = [choice.awaits, missing, soon ? next : undefined];
  return [...new Set(wanted)].filter((n): n is number => n !== undefined && n >= 0 && !held.has(n));
}

function nextDateMs(desired: DesiredNode, nowMs: number): number {
  const next = Math.max(0, iterationAt(desired.network, nowMs) + 1);
  const startMs = scheduleOf(desired.network, next).startSeconds * 1000;
  const leadMs = startMs - desired.network.prefetchLeadSeconds * 1000;
  return nowMs < leadMs ? leadMs : startMs;
}

function exitFindings(desired: DesiredNode, observed: ObservedNode): readonly Finding[] {
  return nodeLayers.flatMap((layer) => {
    const { count, exitCode, wasRemoved, sinceLastMs } = observed.crashes[layer];
    const client = observed.journal.runs[layer]?.client;
    if (wasRemoved && client !== undefined && sinceLastMs < steadyRunMs)
      return [nodeFindings.create('EPH-NODE-UNIT-REMOVED', { layer, client }, { node: desired.name, layer })];
    // Of a validator client that is left alone another finding tells.
    if (count < crashesWorthTelling || (layer === 'validator' && isLeftAlone(observed.crashes[layer])))
      return [];
    const facts = { layer, exits: count, ...(exitCode === undefined ? {} : { exitCode }) };
    return [nodeFindings.create('EPH-NODE-CLIENT-EXITS', facts, { node: desired.name, layer })];
  });
}
