import { type Answer, unknown } from '../../base/answer.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { UnitSpec } from '../../core/clients/units.ts';
import { identityName, type NetworkIdentity } from '../../core/network/identity.ts';
import type { NodeLayer } from '../../core/node/desired.ts';
import { identityVerdict } from '../../core/node/layer-verdict.ts';
import type { ObservedNode } from '../../core/node/observed.ts';
import { resetStart } from '../../core/node/plan.ts';
import { clientOfStore } from '../../core/node/protection-choice.ts';
import { haltDeadlineMs } from '../../core/node/signing-order.ts';
import type { SignerStart, Step, StepKind, StepOf } from '../../core/node/step.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { StopOutcome, UnitHandle } from '../../runtimes/runtime.ts';
import { CheckpointStep } from './checkpoint-step.ts';
import { stopDatabase } from './database-unit.ts';
import { defined } from './defined.ts';
import { nodeErrors } from './errors.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import { keepAtStop } from './keep-signer.ts';
import { loadKeys } from './load-keys.ts';
import { NamedKeys } from './named-keys.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { resetFacts, resetReport } from './node-event.ts';
import type { NodeObserver } from './node-observer.ts';
import { beaconUrl, desiredNode, layerInside, type NodeSetup, unitLayerOf } from './node-setup.ts';
import type { Recovery } from './recovery.ts';
import { signerToStart, startSigner } from './signer-unit.ts';
import { ToldKeeper } from './told-keeper.ts';
import { prepareClient, unitToStart, withdrawKeys } from './unit-assembly.ts';

/** Done, or to be looked at again after so long. */
export type StepResult = { readonly done: true } | { readonly done: false; readonly waitMs: number };

const done: StepResult = { done: true };

/** How often a starting client is asked: a reset's own overhead is counted in these, so often at first. */
const provePaces = [
  { untilMs: 3_000, everyMs: 75 },
  { untilMs: 30_000, everyMs: 250 },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 1_000 },
] as const;
const liveEveryMs = 1_000;
const guardEveryMs = 1_000;
const outageEveryMs = 2_000;
const releaseEveryMs = 30_000;

type Runners = { [K in StepKind]: (step: StepOf<K>, observed: ObservedNode) => Promise<StepResult> };

interface QuietKeys {
  readonly identity: string;
  readonly answer: Answer<boolean>;
}

/** Does the steps of a plan, one at a time. Everything that it does may have been done before, by ourselves before a kill. */
export class StepRunner {
  private readonly setup: NodeSetup;
  private readonly env: NodeEnvironment;
  private readonly parts: { readonly journal: JournalKeeper; readonly observer: NodeObserver };
  private readonly checkpoint: CheckpointStep;
  private readonly told: ToldKeeper;
  private readonly named: NamedKeys;
  private quiet: QuietKeys | undefined;
  /** Wall clock: until when release, hold, room or our own absence kept a reset from beginning. */
  keptUntilMs: number;
  force = false;

  constructor(
    setup: NodeSetup,
    env: NodeEnvironment,
    parts: { readonly journal: JournalKeeper; readonly observer: NodeObserver },
  ) {
    this.setup = setup;
    this.env = env;
    this.parts = parts;
    this.checkpoint = new CheckpointStep(setup.name, env, parts.journal);
    this.told = new ToldKeeper(setup, env);
    this.named = new NamedKeys({ setup, env }, parts.journal);
    this.keptUntilMs = env.clock.nowMs();
  }

  /** Whether the keys were seen quiet on the network that the node is on. */
  keysQuiet(): Answer<boolean> {
    const here = this.parts.journal.state.reset?.identity;
    if (this.quiet === undefined || here === undefined || this.quiet.identity !== identityName(here)) {
      return unknown('nobody has been asked yet');
    }
    return this.quiet.answer;
  }

  /** What is done now and then while nothing else is to be done. */
  async attend({ units, journal }: ObservedNode): Promise<void> {
    if (units.validator.state !== 'running') return;
    await this.told.attend(journal);
    await this.named.attend(journal);
  }

  /** Does one step as `observed` calls for it. Throws what the ports throw. */
  async run(step: Step, observed: ObservedNode): Promise<StepResult> {
    const layer = programLayer(step);
    // It is being obtained; who does that starts this node's controller anew with it.
    if (layer !== undefined && this.isMissing(layer)) return wait(outageEveryMs);
    const runner = this.runners[step.kind] as (step: Step, observed: ObservedNode) => Promise<StepResult>;
    return runner(step, observed);
  }

  private isMissing(layer: NodeLayer): boolean {
    const { signer, database } = this.setup;
    const own = this.setup[layer]?.missing === true;
    return own || (layer === 'validator' && (signer?.missing === true || database?.missing === true));
  }

  /** Throws EPH-NODE-NOTHING-TO-RECOVER when the layer has no data yet. */
  async recover({ layer, kind }: Recovery, observed: ObservedNode): Promise<void> {
    const unit = unitLayerOf(this.setup, layer);
    const run = observed.journal.runs[unit] ?? observed.journal.starting[unit];
    if (run === undefined) {
      throw nodeErrors.create('EPH-NODE-NOTHING-TO-RECOVER', { node: this.setup.name, layer });
    }
    if (kind === 'restart') {
      const { signal, deadlineMs } = this.setup[unit].definition.stop;
      const how = { reason: 'recovery', signal, deadlineMs } as const;
      await this.stop({ kind: 'stop', lane: 'network', layer: unit, ...how }, observed);
      return;
    }
    if (kind === 'next-provider') this.checkpoint.giveUp(run);
    await this.parts.journal.record({
      type: 'folder.condemned',
      layer,
      folder: run.folder,
      reason: 'resync',
    });
  }

  private readonly runners: Runners = {
    stop: (step, observed) => this.stop(step, observed),
    'begin-reset': (step, observed) => this.beginReset(step, observed),
    'await-release': async () => wait(releaseEveryMs),
    'await-runtime': async () => wait(outageEveryMs),
    'await-restart': async (step) => wait(step.leftMs),
    condemn: async ({ layer, folder, reason }) => {
      await this.parts.journal.record({ type: 'folder.condemned', layer, folder, reason });
      return done;
    },
    prepare: (step, observed) => this.prepare(step, observed),
    adopt: (step, observed) => this.adopt(step.layer, observed),
    start: (step, observed) => this.start(step, observed),
    prove: (step, observed) => this.prove(step, observed),
    'complete-reset': () => this.completeReset(),
    harvest: (step) => this.harvest(step),
    'open-protection': (step, observed) => this.openProtection(step, observed),
    'record-keys': async ({ count, fingerprint, keys = [] }) => {
      await this.parts.journal.record({ type: 'keys.recorded', keys: { count, fingerprint, keys } });
      return done;
    },
    'guard-keys': (step) => this.guardKeys(step),
    'load-keys': (step, observed) => this.loadKeys(step, observed),
    'start-signer': async (step, observed) => {
      await this.startSigner(step, observed);
      return done;
    },
    'stop-signer': (step, observed) => this.stopSigner(step, observed),
    'halt-signing': (step) => this.haltSigning(step),
    'confirm-live': (step, observed) => this.confirmLive(step, observed),
    collect: async ({ folder }, { halfRemoved }) => {
      if (halfRemoved.includes(folder)) await this.env.store.finishRemovals();
      else await this.env.store.removeChain(folder);
      await this.parts.journal.record({ type: 'folder.collected', folder });
      return done;
    },
  };

  private async stop(step: StepOf<'stop'>, observed: ObservedNode): Promise<StepResult> {
    const { layer, signal, deadlineMs } = step;
    if (layer === 'validator' && observed.journal.runs.validator?.host !== undefined)
      return this.stopInside(step, observed);
    const recorded = observed.journal.runs[layer]?.handle;
    const handle =
      observed.units[layer].state === 'running' && recorded !== undefined
        ? recorded
        : await this.env.runtime.recover(unitName(this.setup.name, layer));
    if (layer === 'validator' && observed.units.validator.state === 'running')
      await this.told.beforeStop(observed.journal, step.reason);
    const outcome: StopOutcome =
      handle === undefined ? 'was-not-running' : await this.env.runtime.stop(handle, { signal, deadlineMs });
    this.env.log.info('stopped a client', { layer, outcome });
    this.parts.observer.noteStopped(layer);
    if (layer === 'validator') await this.signingEnded();
    await this.parts.journal.record({ type: 'unit.stopped', layer });
    return done;
  }

  /** Their signer ends; the program that they are inside runs on, and is only spared the asking. */
  private async stopInside(step: StepOf<'stop'>, observed: ObservedNode): Promise<StepResult> {
    const { journal } = observed;
    await this.told.beforeStop(journal, step.reason);
    const own = this.setup.signer?.definition.stop ?? step;
    const isHere =
      journal.reset !== undefined && journal.signer?.identity === identityName(journal.reset.identity);
    await this.stopSigner(
      {
        signal: own.signal,
        deadlineMs: Math.min(own.deadlineMs, step.deadlineMs),
        keep: isHere && step.reason !== 'halted',
      },
      observed,
    );
    if (!(await this.named.areForgotten(journal))) await this.stopHost(step, observed);
    this.env.log.info('stopped the signer of validators inside another program', { reason: step.reason });
    this.parts.observer.noteStopped('validator');
    // First, so that a record that cannot be written keeps no other client from its steps.
    await this.parts.journal.record({ type: 'unit.stopped', layer: 'validator' });
    await this.signingEnded();
    return done;
  }

  /** What cannot be made to forget its keys has none when it begins again. */
  private async stopHost({ reason, deadlineMs }: StepOf<'stop'>, observed: ObservedNode): Promise<void> {
    const layer = observed.journal.runs.validator?.host;
    if (layer === undefined || observed.units[layer].state === 'off') return;
    const { stop } = this.setup[layer].definition;
    const limit = reason === 'halted' ? Math.min(stop.deadlineMs, deadlineMs) : stop.deadlineMs;
    const how = { reason, signal: stop.signal, deadlineMs: limit } as const;
    await this.stop({ kind: 'stop', lane: 'network', layer, ...how }, observed);
  }

  private async beginReset(step: StepOf<'begin-reset'>, observed: ObservedNode): Promise<StepResult> {
    const desired = desiredNode(this.setup, { intent: 'up', force: this.force });
    const nowMs = this.env.clock.nowMs();
    const start = resetStart(step, { desired, observed, nowMs });
    const waitedMs = Math.max(0, Math.min(this.keptUntilMs, nowMs) - start.scheduledAtMs);
    await this.parts.journal.record({ ...start, waitedMs });
    this.force = false;
    this.parts.observer.forgetExits('validator');
    const reset = this.parts.journal.state.reset;
    if (reset !== undefined) this.env.emit({ type: 'reset.started', ...resetFacts(this.setup.name, reset) });
    return done;
  }

  private async prepare(step: StepOf<'prepare'>, observed: ObservedNode): Promise<StepResult> {
    const waitMs = await this.checkpoint.decide(step, observed);
    if (waitMs > 0) return wait(waitMs);
    await prepareClient(this.around(step, observed), step);
    return done;
  }

  private async start(step: StepOf<'start'>, observed: ObservedNode): Promise<StepResult> {
    const { layer, client, fingerprint, folder, identity, carries } = step;
    if (step.inside !== undefined) return this.startInside(step, step.inside, observed);
    const waitMs = await this.checkpoint.decide(this.consensusPart(step), observed, layer);
    if (waitMs > 0) return wait(waitMs);
    const unit = await unitToStart(this.around(step, observed), step);
    await this.refuseOtherManager(unit.spec);
    const run = {
      ...{ client, fingerprint, folder, identity: identityName(identity) },
      ...(carries === undefined ? {} : { carries }),
    };
    await this.env.runtime.prepare(unit.program);
    const launch = async () => {
      await this.parts.journal.record({ type: 'unit.starting', layer, run });
      return this.env.runtime.start(unit.program, unit.spec);
    };
    const handle = layer === 'validator' ? await this.launchSigner(identity, launch) : await launch();
    if (handle === undefined) return done;
    this.parts.observer.noteStarted(layer);
    if (layer === 'validator') this.quiet = undefined;
    await this.parts.journal.record({ type: 'unit.started', layer, run: { ...run, handle } });
    return done;
  }

  /**
   * Validators inside a program that runs: none of their keys is with it, then whose they are is written down, then their
   * signer starts. They are told of their keys after that.
   */
  private async startInside(
    step: StepOf<'start'>,
    { host, signer }: NonNullable<StepOf<'start'>['inside']>,
    observed: ObservedNode,
  ): Promise<StepResult> {
    const { setup, env } = this;
    const { client, fingerprint, folder, identity } = step;
    if (!(await this.named.hasNone())) return wait(guardEveryMs);
    await withdrawKeys({ setup, env }, step);
    const run = { client, fingerprint, folder, identity: identityName(identity), host };
    const inTurn = (launch: () => Promise<UnitHandle>) =>
      this.launchSigner(identity, async () => {
        await this.parts.journal.record({ type: 'unit.starting', layer: 'validator', run });
        return launch();
      });
    const handle = await this.startSigner(signer, observed, inTurn);
    if (handle === undefined) return done;
    this.parts.observer.noteStarted('validator');
    this.quiet = undefined;
    await this.parts.journal.record({ type: 'unit.started', layer: 'validator', run: { ...run, handle } });
    return done;
  }

  /**
   * The last look before a start: what was said meanwhile, and whose the keys are, written down. Then once more: an order
   * that did not wait for us finds nobody signing. Undefined where nobody may.
   */
  private async launchSigner(
    identity: NetworkIdentity,
    launch: () => Promise<UnitHandle>,
  ): Promise<UnitHandle | undefined> {
    const { store, guard, runtime } = this.env;
    const keySets = this.setup.validator?.keySets ?? [];
    const handle = await store.startSigning(async () => {
      await guard.begins({ identity, keySets });
      return launch().catch(async (thrown: unknown) => {
        // Of a try that failed nobody looked since, and the next may be much later.
        this.quiet = undefined;
        if (surelyRanNothing(thrown)) await guard.ended(keySets);
        throw thrown;
      });
    });
    if (handle === undefined || (await store.signingOrder()).order === 'run') return handle;
    await runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: haltDeadlineMs });
    await this.signingEnded();
    return undefined;
  }

  private around(step: StepOf<'prepare'> | StepOf<'start'>, { bundles }: ObservedNode) {
    const { layer, folder, client } = this.consensusPart(step);
    const checkpointUrl = layer === 'consensus' ? this.checkpoint.url({ folder, client }) : undefined;
    const { setup, env } = this;
    return { setup, env, bundles, ...(checkpointUrl === undefined ? {} : { checkpointUrl }) };
  }

  /** Of a step for a program that is both layers, the consensus client's share. */
  private consensusPart<S extends StepOf<'prepare'> | StepOf<'start'>>(step: S): S {
    if (step.kind !== 'start' || layerInside(this.setup, step.layer) !== 'consensus') return step;
    return { ...step, layer: 'consensus', client: this.setup.consensus.definition.id };
  }

  /** Two that reset one directory would take it from under each other. */
  private async refuseOtherManager({ name, mounts }: UnitSpec): Promise<void> {
    const data = mounts.find(({ key }) => key === 'data')?.hostPath;
    const mark = data === undefined ? undefined : await this.env.store.otherManager(data);
    if (mark !== undefined) throw nodeErrors.create('EPH-NODE-OTHER-MANAGER', { unit: name, mark });
  }

  private async signingEnded(): Promise<void> {
    this.quiet = undefined;
    await this.env.guard.ended(this.setup.validator?.keySets ?? []);
  }

  private async haltSigning({ reason, slashed }: StepOf<'halt-signing'>): Promise<StepResult> {
    const atMs = this.env.clock.nowMs();
    await this.env.store.writeSigningOrder({ order: 'halt', reason, atMs, slashedBefore: slashed });
    return done;
  }

  /** We were killed, or the disk failed, between a start and its record. */
  private async adopt(layer: NodeLayer, observed: ObservedNode): Promise<StepResult> {
    const unit = unitName(this.setup.name, layer);
    const handle = await this.env.runtime.recover(unit);
    const run = observed.journal.starting[layer];
    if (handle === undefined || run === undefined)
      throw nodeErrors.create('EPH-NODE-NOT-RUNNING-HERE', { unit });
    await this.parts.journal.record({ type: 'unit.started', layer, run: { ...run, handle } });
    return done;
  }

  private async prove(step: StepOf<'prove'>, observed: ObservedNode): Promise<StepResult> {
    const { layer, folder, client, identity } = step;
    const reachable = observed.consensus.executionReachable;
    const connected = layer === 'execution' || (reachable.known && reachable.value);
    if (identityVerdict(layer, observed, identity) !== 'right' || !connected) {
      const pace = provePaces.find(({ untilMs }) => observed.provingForMs[layer] < untilMs);
      return wait(pace?.everyMs ?? liveEveryMs);
    }
    await this.parts.journal.record({ type: 'layer.proven', layer, folder, client });
    return done;
  }

  private async completeReset(): Promise<StepResult> {
    await this.parts.journal.record({ type: 'reset.completed' });
    const reset = this.parts.journal.state.reset;
    if (reset !== undefined)
      this.env.emit({ type: 'reset.completed', ...resetReport(this.setup.name, reset) });
    return done;
  }

  private async confirmLive(step: StepOf<'confirm-live'>, observed: ObservedNode): Promise<StepResult> {
    const leftMs = step.identity.genesisTimeSeconds * 1000 - this.env.clock.nowMs();
    if (leftMs > 0) return wait(leftMs);
    if (!observed.liveness.known || observed.liveness.value !== 'live') return wait(liveEveryMs);
    await this.parts.journal.record({ type: 'reset.live' });
    const reset = this.parts.journal.state.reset;
    if (reset?.liveAtMs === undefined) return done;
    const report = resetReport(this.setup.name, reset);
    this.env.emit({ type: 'reset.live', ...report, liveAfterMs: reset.liveAtMs - reset.scheduledAtMs });
    return done;
  }

  private async harvest({ layer, folder, client }: StepOf<'harvest'>): Promise<StepResult> {
    const files = this.setup[layer].definition.identityFiles;
    await this.env.store.harvestIdentity({ folder, client: `${layer}.${client}` }, files);
    await this.parts.journal.record({ type: 'layer.harvested', layer, folder, client });
    return done;
  }

  private async openProtection(
    { genesisValidatorsRoot, client, number }: StepOf<'open-protection'>,
    { bundles, journal }: ObservedNode,
  ): Promise<StepResult> {
    const store = { genesisValidatorsRoot, client, number };
    const bundle = bundles.find(({ identity }) => identity.genesisValidatorsRoot === genesisValidatorsRoot);
    if (bundle === undefined) return wait(outageEveryMs);
    const last = journal.protectionUsed?.findLast((folder) => clientOfStore(folder) === client);
    const names = this.setup.validator?.definition.toldFiles;
    await this.env.store.openProtection(
      store,
      (earlier, intoPath) => this.env.carryProtection({ bundle, store, earlier, intoPath }),
      last === undefined || names === undefined ? undefined : { folder: last, names },
    );
    return done;
  }

  private async loadKeys(step: StepOf<'load-keys'>, { journal }: ObservedNode): Promise<StepResult> {
    const loaded = await loadKeys({ setup: this.setup, env: this.env }, { step, journal });
    if (!loaded.known) return wait(guardEveryMs);
    await this.parts.journal.record({ type: 'keys.loaded', ...loaded.value });
    return done;
  }

  /** Undefined where signing is stopped. */
  private async startSigner(
    step: SignerStart,
    { bundles }: ObservedNode,
    inTurn?: (launch: () => Promise<UnitHandle>) => Promise<UnitHandle | undefined>,
  ): Promise<UnitHandle | undefined> {
    const { setup, env } = this;
    const { identity, client, fingerprint, schema } = step;
    const started = async () => {
      const unit = await signerToStart({ setup, env, bundles }, step);
      // Whose the keys are is written down when the validator client starts: a signer signs nothing by itself.
      return startSigner({ setup, env, ...defined({ inTurn }) }, unit);
    };
    const handle = await started().catch((thrown: unknown) => {
      // The next try may be much later, and nobody looked meanwhile.
      this.quiet = undefined;
      throw thrown;
    });
    if (handle === undefined) return undefined;
    const run = { client, fingerprint, folder: schema, identity: identityName(identity), handle };
    await this.parts.journal.record({ type: 'signer.started', run });
    return handle;
  }

  private async stopSigner(
    { signal, deadlineMs, keep }: Pick<StepOf<'stop-signer'>, 'signal' | 'deadlineMs' | 'keep'>,
    { bundles, journal }: ObservedNode,
  ): Promise<StepResult> {
    const handle = await this.env.runtime.recover(unitName(this.setup.name, 'signer'));
    if (handle !== undefined) await this.env.runtime.stop(handle, { signal, deadlineMs });
    const bundle = bundles.find(({ identity }) => identityName(identity) === journal.signer?.identity);
    const around = { setup: this.setup, env: this.env };
    const canKeep = this.setup.signer?.missing !== true && this.setup.database?.missing !== true;
    if (keep && canKeep && bundle !== undefined) await keepAtStop({ ...around, bundle });
    await stopDatabase(around);
    await this.parts.journal.record({ type: 'signer.stopped' });
    return done;
  }

  private async guardKeys({ keySets, identity }: StepOf<'guard-keys'>): Promise<StepResult> {
    const beacon = this.env.beacon(beaconUrl(this.setup));
    const answer = await this.env.guard.quiet({ identity, keySets, beacon });
    this.quiet = { identity: identityName(identity), answer };
    return answer.known && answer.value ? done : wait(guardEveryMs);
  }
}

function wait(waitMs: number): StepResult {
  return { done: false, waitMs };
}

/** Whose program a step runs. */
function programLayer(step: Step): NodeLayer | undefined {
  if (step.kind === 'prepare' || step.kind === 'start') return step.layer;
  return step.kind === 'start-signer' || step.kind === 'open-protection' ? 'validator' : undefined;
}

/** Told before anything of it ran: whatever else fails may have begun to sign. */
function surelyRanNothing(thrown: unknown): boolean {
  if (isEphemeryError(thrown, 'EPH-RUNTIME-PORT-TAKEN')) return true;
  return isEphemeryError(thrown, 'EPH-RUNTIME-START-FAILED') && thrown.facts.nothingRan === true;
}
