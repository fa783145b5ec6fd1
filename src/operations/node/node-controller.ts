import { boundBy } from '../../base/bound-signal.ts';
import { maxSleepMs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { nodeFindings } from '../../core/findings/node.ts';
import type { ConsentKind, JournalEvent } from '../../core/node/journal-entry.ts';
import type { JournalState } from '../../core/node/journal-state.ts';
import type { ObservedNode } from '../../core/node/observed.ts';
import { type Plan, planNode } from '../../core/node/plan.ts';
import { describeStep, type Step } from '../../core/node/step.ts';
import { nodeErrors } from './errors.ts';
import { FindingBoard } from './finding-board.ts';
import { HookDesk } from './hook-desk.ts';
import { type JournalDamage, JournalKeeper } from './journal-keeper.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { NodeObserver } from './node-observer.ts';
import { desiredNode, type NodeSetup } from './node-setup.ts';
import type { Recovery } from './recovery.ts';
import { ReleaseDesk } from './release-desk.ts';
import { StepRunner } from './step-runner.ts';
import { StepTries } from './step-tries.ts';

/** What is known of a node at one moment. */
export interface NodeStatus {
  readonly observed: ObservedNode;
  readonly plan: Plan;
}

type LaneOutcome = { readonly acted: true } | { readonly acted: false; readonly waitMs: number };

const lookAtNode = 'look at the node';
const blockedEveryMs = 5_000;
const endNoticedWithinMs = 2_000;

/**
 * Keeps one node where its configuration and the clock want it: looks, plans, does the next step, looks
 * again. Whatever happened before, to the node or to us, is only something that it sees.
 */
export class NodeController {
  private readonly setup: NodeSetup;
  private readonly env: NodeEnvironment;
  private readonly journal: JournalKeeper;
  private readonly desk: ReleaseDesk;
  private readonly observer: NodeObserver;
  private readonly runner: StepRunner;
  private readonly hooks: HookDesk;
  private readonly board: FindingBoard;
  private readonly tries = new StepTries();
  private readonly life = new AbortController();
  /** Who is to end or to go down waits for nothing that can be done without. */
  private patience = new AbortController();
  private intent: 'up' | 'down' = 'up';
  private loaded = false;
  private damage: JournalDamage | undefined;
  private nudge = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();
  /** Steps under way, and since when on the monotonic clock. */
  private readonly begun = new Map<string, number>();
  private last: NodeStatus | undefined;

  /** `before`: the one that kept the node until now; what it told of still holds. */
  constructor(setup: NodeSetup, env: NodeEnvironment, before?: NodeController) {
    this.setup = setup;
    this.env = env;
    this.journal = new JournalKeeper(env.store, env.clock);
    const { periodSeconds } = setup.network;
    this.desk = new ReleaseDesk(env, { periodSeconds, arrived: () => this.wake() });
    this.observer = new NodeObserver(setup, env, {
      journal: this.journal,
      desk: this.desk,
      patience: () => this.patience.signal,
    });
    this.runner = new StepRunner(setup, env, { journal: this.journal, observer: this.observer });
    this.hooks = new HookDesk(setup.name, env, this.journal);
    this.board = before?.board ?? new FindingBoard(setup.name, env.emit);
    const node = setup.name;
    this.observer.onExit((layer, { exitCode, isForgotten }) => {
      env.emit({
        type: 'unit.exited',
        node,
        layer,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(isForgotten === undefined ? {} : { wasRemoved: true }),
      });
    });
  }

  /** What was seen and planned last; undefined before the first look. */
  get status(): NodeStatus | undefined {
    return this.last;
  }

  get findings(): readonly Finding[] {
    return this.board.findings;
  }

  get journalState(): JournalState {
    return this.journal.state;
  }

  /** Works until the signal aborts. The node's clients go on without us. */
  async run(signal: AbortSignal): Promise<void> {
    const end = () => {
      this.life.abort(signal.reason);
      this.patience.abort();
    };
    signal.addEventListener('abort', end, { once: true });
    while (!signal.aborted) {
      const waitMs = await this.exclusively(() => this.tick());
      if (waitMs > 0) await this.rest(waitMs, signal);
    }
  }

  /** Looks, plans and does what can be done at once; milliseconds until it is worth looking again. */
  async tick(): Promise<number> {
    return (await this.lookAndAct()).waitMs;
  }

  private async lookAndAct(): Promise<{ readonly waitMs: number; readonly plan?: Plan }> {
    const seen = await this.look();
    if (seen === undefined) return { waitMs: blockedEveryMs };
    const { observed, plan } = seen;
    this.last = seen;
    if (plan.target?.iteration !== plan.wanted) this.runner.keptUntilMs = this.env.clock.nowMs();
    this.forgetAllBut(plan.steps.map(describeStep));
    this.desk.want(plan.fetch, this.life.signal);
    this.desk.recheck(this.setup.network, heldIterations(observed, plan), this.life.signal);
    this.hooks.attend(this.life.signal);
    const outcome = await this.work(plan, observed);
    if (!outcome.acted && this.intent === 'up') await this.runner.attend(observed);
    this.tell(plan);
    return { waitMs: outcome.acted ? 0 : Math.min(outcome.waitMs, this.restMs(plan)), plan };
  }

  private forgetAllBut(steps: readonly string[]): void {
    this.tries.keepOnly([lookAtNode, ...steps]);
    for (const step of this.begun.keys()) if (!steps.includes(step)) this.begun.delete(step);
  }

  /** What would be done now, without doing it. Throws EPH-NODE-JOURNAL-UNREADABLE. */
  async plan(ask: { readonly force?: boolean } = {}): Promise<Plan> {
    return (await this.survey(ask)).plan;
  }

  /** Looks and plans, and does nothing. Throws EPH-NODE-JOURNAL-UNREADABLE. */
  survey(ask: { readonly force?: boolean } = {}): Promise<NodeStatus> {
    return this.exclusively(async () => {
      await this.load();
      const observed = await this.observer.observe(this.runner.keysQuiet());
      const desired = desiredNode(this.setup, { intent: 'up', force: ask.force === true });
      return { observed, plan: planNode(desired, observed, this.env.clock.nowMs()) };
    });
  }

  /** Lets the node be brought up; so it is when the controller is made. */
  up(): void {
    this.intent = 'up';
    if (!this.life.signal.aborted) this.patience = new AbortController();
    this.wake();
  }

  /**
   * Stops all clients, slowly enough for their databases, and leaves them down: after `run` has ended too, and
   * by their names alone where the journal is damaged. Resolves once nothing runs.
   */
  async down(): Promise<void> {
    this.intent = 'down';
    this.patience.abort();
    this.wake();
    const unending = new AbortController().signal;
    for (;;) {
      const { waitMs, plan } = await this.exclusively(() => this.lookAndAct());
      if (plan?.steps.length === 0) return;
      if (waitMs > 0) await this.rest(waitMs, unending);
    }
  }

  /**
   * Asks for a reset now. Without `force` only a reset that is due can be asked for.
   * Throws EPH-NODE-NOTHING-TO-RESET or EPH-NODE-NO-TARGET.
   */
  async resetNow(ask: { readonly force: boolean }): Promise<void> {
    const plan = await this.plan(ask);
    const node = this.setup.name;
    if (plan.target === undefined) throw nodeErrors.create('EPH-NODE-NO-TARGET', { node });
    const begins = plan.steps.some((step) => step.kind === 'begin-reset');
    const { iteration } = plan.target;
    if (!begins) throw nodeErrors.create('EPH-NODE-NOTHING-TO-RESET', { node, iteration });
    this.runner.force = ask.force;
    this.wake();
  }

  /** Keeps the next planned reset from beginning. */
  hold(): Promise<void> {
    return this.record({ type: 'hold.set', held: true });
  }

  /** Lets a held reset begin. */
  release(): Promise<void> {
    return this.record({ type: 'hold.set', held: false });
  }

  /** Notes that a person accepts what a finding warns of. */
  consent(consent: ConsentKind, subject: string): Promise<void> {
    return this.record({ type: 'consent.given', consent, subject });
  }

  /**
   * Does what a person chose for a layer that does not come forward; the plan then brings it up again.
   * Throws EPH-NODE-NOTHING-TO-RECOVER.
   */
  async recover(wish: Recovery): Promise<void> {
    await this.exclusively(async () => {
      await this.load();
      await this.runner.recover(wish, await this.observer.observe(this.runner.keysQuiet()));
    });
    this.wake();
  }

  private async record(event: JournalEvent): Promise<void> {
    await this.exclusively(async () => {
      await this.load();
      await this.journal.record(event);
    });
    this.wake();
  }

  private async load(): Promise<void> {
    if (this.loaded) return;
    this.damage = await this.journal.load();
    if (this.damage !== undefined) {
      throw nodeErrors.create('EPH-NODE-JOURNAL-UNREADABLE', { ...this.damage });
    }
    this.loaded = true;
  }

  private async look(): Promise<NodeStatus | undefined> {
    try {
      await this.load().catch((thrown: unknown) => {
        // Whatever runs under our names can be stopped without knowing how it came to be.
        if (this.intent === 'up' || this.damage === undefined) throw thrown;
      });
      const observed = await this.observer.observe(this.runner.keysQuiet());
      const desired = desiredNode(this.setup, { intent: this.intent, force: this.runner.force });
      const plan = planNode(desired, observed, this.env.clock.nowMs());
      this.tries.succeeded(lookAtNode);
      return { observed, plan };
    } catch (thrown) {
      this.env.log.error('the node cannot be looked at', { reason: messageOf(thrown) });
      this.tries.failed(lookAtNode, thrown, this.env.clock.monotonicMs());
      this.tell(undefined);
      return undefined;
    }
  }

  /** The first step of the network's lane; of the others only when that lane is clear. */
  private async work(plan: Plan, observed: ObservedNode): Promise<LaneOutcome> {
    const lane = (name: Step['lane']) => plan.steps.filter((step) => step.lane === name);
    const network = this.firstOfNetwork(lane('network'));
    if (network !== undefined) return this.attempt(network, observed);
    const [validator] = lane('validator');
    const rest = [...(validator === undefined ? [] : [validator]), ...lane('aftercare')];
    let waitMs = maxSleepMs;
    for (const step of rest) {
      const outcome = await this.attempt(step, observed);
      if (outcome.acted) return outcome;
      waitMs = Math.min(waitMs, outcome.waitMs);
    }
    return { acted: false, waitMs };
  }

  /** A reset whose begin cannot be written down must not keep the validator client up. */
  private firstOfNetwork([first, second]: readonly Step[]): Step | undefined {
    if (first?.kind !== 'begin-reset' || second?.kind !== 'stop' || second.layer !== 'validator')
      return first;
    return this.tries.hasFailed(describeStep(first)) ? second : first;
  }

  private async attempt(step: Step, observed: ObservedNode): Promise<LaneOutcome> {
    const words = describeStep(step);
    const pauseMs = this.tries.pauseMs(words, this.env.clock.monotonicMs());
    if (pauseMs > 0) return { acted: false, waitMs: pauseMs };
    try {
      await this.writeAhead(step, words);
      const result = await this.runner.run(step, observed);
      if (!result.done) return { acted: false, waitMs: result.waitMs };
      await this.writeBehind(step, words);
      return { acted: true };
    } catch (thrown) {
      await this.fail(words, thrown);
      return { acted: false, waitMs: this.tries.pauseMs(words, this.env.clock.monotonicMs()) };
    }
  }

  private async writeAhead(step: Step, words: string): Promise<void> {
    if (this.begun.has(words) || isWait(step)) return;
    this.begun.set(words, this.env.clock.monotonicMs());
    this.env.emit({ type: 'step.started', node: this.setup.name, step: words });
    try {
      await this.journal.record({ type: 'step.started', step: words });
    } catch (thrown) {
      this.begun.delete(words);
      // A full disk must not keep a client up, nor old data on it: these need no record.
      if (step.kind !== 'stop' && step.kind !== 'stop-signer' && step.kind !== 'collect') throw thrown;
      this.env.log.warn('a step could not be noted beforehand', { reason: messageOf(thrown) });
    }
  }

  private async writeBehind(step: Step, words: string): Promise<void> {
    this.tries.succeeded(words);
    if (isWait(step)) return;
    const nowMs = this.env.clock.monotonicMs();
    const durationMs = Math.round(nowMs - (this.begun.get(words) ?? nowMs));
    this.begun.delete(words);
    const spentOn = spentOnClients(step) ? 'client' : 'own';
    this.env.emit({ type: 'step.done', node: this.setup.name, step: words, durationMs });
    await this.journal.record({ type: 'step.done', step: words, durationMs, spentOn });
  }

  private async fail(words: string, thrown: unknown): Promise<void> {
    this.begun.delete(words);
    const { code, detail } = this.tries.failed(words, thrown, this.env.clock.monotonicMs());
    this.env.log.error('a step failed', { step: words, code, detail });
    this.env.emit({ type: 'step.failed', node: this.setup.name, step: words, code, detail });
    await this.journal.record({ type: 'step.failed', step: words, code, detail }).catch(() => undefined);
  }

  private tell(plan: Plan | undefined): void {
    const node = this.setup.name;
    const damaged =
      this.damage === undefined
        ? []
        : [nodeFindings.create('EPH-NODE-JOURNAL-DAMAGED', { ...this.damage }, { node })];
    const planned = plan?.findings ?? [];
    const others = [
      ...this.env.releases.findings(),
      ...this.env.guard.findings(),
      ...(this.env.checkpoints?.findings() ?? []),
      ...(this.env.watched?.findings() ?? []),
      ...(this.env.programs?.findings() ?? []),
      ...this.tries.findings(node),
      ...this.hooks.findings,
    ];
    this.board.update([...damaged, ...planned, ...others]);
  }

  /** The clock decides more often in a short life; never later than the next date or release. */
  private restMs(plan: Plan): number {
    const idleMs = Math.min(30_000, Math.max(500, this.setup.network.periodSeconds * 20));
    const dateMs = Math.max(1, plan.wakeAtMs - this.env.clock.nowMs());
    return Math.min(idleMs, dateMs, this.desk.nextTryMs() ?? maxSleepMs);
  }

  private wake(): void {
    this.nudge.abort();
  }

  /** Until it is worth looking again, or a client has ended: on a long-lived network the next look may be far off. */
  private async rest(waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.nudge.signal.aborted) {
      this.nudge = new AbortController();
      return;
    }
    const either = boundBy([signal, this.nudge.signal]);
    let leftMs = Math.min(waitMs, maxSleepMs);
    while (leftMs > 0 && !either.signal.aborted) {
      const napMs = Math.min(leftMs, endNoticedWithinMs);
      await this.env.clock.sleep(napMs, either.signal).catch(() => undefined);
      leftMs -= napMs;
      if (leftMs > 0 && !either.signal.aborted && (await this.observer.hasAnyEnded())) break;
    }
    either.release();
  }

  /** One thing at a time: the loop and the commands take turns. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Waiting changes nothing, so that it is not written down. */
function isWait(step: Step): boolean {
  return step.kind === 'await-release' || step.kind === 'await-restart' || step.kind === 'await-runtime';
}

/** Stop, start and proof are the clients' own time; so is what a new data directory needs of them. */
function spentOnClients(step: Step): boolean {
  return step.kind === 'stop' || step.kind === 'start' || step.kind === 'prove';
}

/** Of the verified releases on the disk, those of the wanted iteration and of the next. */
function heldIterations(observed: ObservedNode, plan: Plan): readonly number[] {
  const { wanted } = plan;
  if (wanted === undefined) return [];
  const held = observed.bundles.map(({ identity }) => identity.iteration);
  return [...new Set(held)].filter((iteration) => iteration >= wanted);
}
