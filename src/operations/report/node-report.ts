import type { Finding } from '../../core/findings/finding.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { iterationAt, scheduleOf } from '../../core/network/schedule.ts';
import { type NodeLayer, nodeLayers } from '../../core/node/desired.ts';
import { adoptedIdentity } from '../../core/node/journal-state.ts';
import type { ObservedNode } from '../../core/node/observed.ts';
import { describeStep } from '../../core/node/step.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { consensusVerdict, executionVerdict, type IdentityVerdict } from '../../core/node/verdict.ts';
import type { ClientReport, NodeReport } from '../control/reports.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { NodeStatus } from '../node/node-controller.ts';
import { beaconUrl, type ClientSetup, executionUrl, unitLayerOf } from '../node/node-setup.ts';
import type { KeyStandings } from './key-standings.ts';
import { nodeState } from './node-state.ts';
import { within } from './within.ts';

export interface SeenNode {
  readonly node: AssembledNode;
  /** Absent before the first look. */
  readonly status: NodeStatus | undefined;
  readonly findings: readonly Finding[];
  readonly standings: KeyStandings;
  /** Somebody keeps the node: what is not done yet is on its way. */
  readonly isKept: boolean;
}

/** What there is to say of a node now; asks its running clients for their heads. */
export async function reportNode({
  node,
  status,
  findings,
  standings,
  isKept,
}: SeenNode): Promise<NodeReport> {
  const { setup, environment } = node;
  const { network } = setup;
  const nowMs = environment.clock.nowMs();
  const next = scheduleOf(network, Math.max(0, iterationAt(network, nowMs) + 1));
  const identity = status && (status.plan.target ?? adoptedIdentity(status.observed.journal));
  const [keys, ...clients] = await Promise.all([
    standings.of(node, identity),
    ...nodeLayers.flatMap((layer) => {
      const client = setup[layer];
      return client === undefined ? [] : [reportClient({ node, layer, client }, status)];
    }),
  ]);
  const common = {
    name: setup.name,
    network: network.name,
    runtime: environment.runtime.id,
    nextResetAtMs: next.startSeconds * 1_000,
    clients,
    ...(keys === undefined ? {} : { keys }),
    findings: findings.map((finding) => ({ ...finding, facts: { ...finding.facts } })),
  };
  if (status === undefined) return { ...common, state: 'unknown', available: [], held: false };
  return { ...common, ...progress(status, isKept) };
}

function progress(
  status: NodeStatus,
  isKept: boolean,
): Pick<NodeReport, 'state' | 'available' | 'held'> & Partial<NodeReport> {
  const { observed, plan } = status;
  const { reset, held } = observed.journal;
  const identity = plan.target ?? adoptedIdentity(observed.journal);
  const running = runningIteration(observed, identity);
  const [step] = plan.steps;
  return {
    state: nodeState(status, isKept),
    available: [...new Set(observed.bundles.map((bundle) => bundle.identity.iteration))],
    held,
    ...(step === undefined ? {} : { doing: describeStep(step) }),
    ...(plan.wanted === undefined ? {} : { wanted: plan.wanted }),
    ...(running === undefined ? {} : { running }),
    ...(identity === undefined ? {} : { identity }),
    ...(reset === undefined ? {} : { reset: resetReport(reset) }),
  };
}

function resetReport(reset: NonNullable<ObservedNode['journal']['reset']>): NonNullable<NodeReport['reset']> {
  const { identity, cause, scheduledAtMs, startedAtMs, previousIteration, completedAtMs, liveAtMs } = reset;
  return {
    iteration: identity.iteration,
    cause,
    scheduledAtMs,
    startedAtMs,
    ...(previousIteration === undefined ? {} : { previousIteration }),
    ...(completedAtMs === undefined ? {} : { completedAtMs }),
    ...(liveAtMs === undefined ? {} : { liveAtMs }),
    steps: reset.steps.map((step) => ({ ...step })),
  };
}

/** By the clients' own word, and only when both agree with what the node was brought to. */
function runningIteration(observed: ObservedNode, identity: NetworkIdentity | undefined): number | undefined {
  if (identity === undefined) return undefined;
  const both = [verdictOf(observed, identity, 'execution'), verdictOf(observed, identity, 'consensus')];
  return both.every((verdict) => verdict === 'right') ? identity.iteration : undefined;
}

function verdictOf(
  observed: ObservedNode,
  identity: NetworkIdentity,
  layer: NodeLayer,
): IdentityVerdict | undefined {
  if (layer === 'execution') return executionVerdict(observed.execution, identity);
  return layer === 'consensus' ? consensusVerdict(observed.consensus, identity) : undefined;
}

interface SeenClient {
  readonly node: AssembledNode;
  readonly layer: NodeLayer;
  readonly client: ClientSetup;
}

async function reportClient(
  { node, layer, client }: SeenClient,
  status: NodeStatus | undefined,
): Promise<ClientReport> {
  const unit = unitLayerOf(node.setup, layer);
  // Validators can be stopped in a program that runs.
  const state = status?.observed.units[layer === 'validator' ? layer : unit].state ?? 'unknown';
  const identity = status?.plan.target ?? (status && adoptedIdentity(status.observed.journal));
  const network = status && identity && verdictOf(status.observed, identity, layer);
  const isUp = state === 'running' || state === 'stray';
  const { clock } = node.environment;
  const [chain, memoryBytes] = isUp
    ? await Promise.all([
        within(clock, headOf(node, layer)).then((head) => head ?? {}),
        // One program's memory is told once.
        unit === layer ? within(clock, memoryOf(node, layer)) : undefined,
      ])
    : [{}, undefined];
  const lastAnswerAtMs =
    'head' in chain
      ? clock.nowMs()
      : isUp && layer !== 'validator'
        ? status?.observed.answers[layer].lastAtMs
        : undefined;
  return {
    layer,
    client: client.definition.id,
    version: client.version,
    state,
    ports: { ...client.ports },
    ...(unit === layer || unit === 'validator' ? {} : { inside: unit }),
    ...(network === undefined ? {} : { network }),
    ...chain,
    ...(lastAnswerAtMs === undefined ? {} : { lastAnswerAtMs }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

async function headOf(
  { setup, environment }: AssembledNode,
  layer: NodeLayer,
): Promise<Pick<ClientReport, 'head' | 'syncDistance'>> {
  if (layer === 'execution') {
    const block = await environment.execution(executionUrl(setup)).block('latest');
    return block.known ? { head: block.value.number } : {};
  }
  if (layer === 'validator') return {};
  const syncing = await environment.beacon(beaconUrl(setup)).syncing();
  return syncing.known ? { head: syncing.value.headSlot, syncDistance: syncing.value.syncDistance } : {};
}

async function memoryOf(
  { setup, environment }: AssembledNode,
  layer: NodeLayer,
): Promise<number | undefined> {
  const { runtime } = environment;
  try {
    const handle = await runtime.recover(unitName(setup.name, layer));
    const unit = handle === undefined ? undefined : await runtime.inspect(handle);
    return unit?.state === 'running' ? unit.resources?.memoryBytes : undefined;
  } catch {
    // A figure for people: that it cannot be had is told by the unit's state.
    return undefined;
  }
}
