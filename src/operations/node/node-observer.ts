import { type Answer, known, unknown } from '../../base/answer.ts';
import { messageOf } from '../../base/errors.ts';
import { type ChainLayer, chainLayers, type NodeLayer, nodeLayers } from '../../core/node/desired.ts';
import { runOf } from '../../core/node/journal-state.ts';
import { identityVerdict, isProven } from '../../core/node/layer-verdict.ts';
import type {
  AnswerRecord,
  ChainFolder,
  ConsensusReport,
  CrashRecord,
  ExecutionReport,
  Liveness,
  ObservedNode,
  ObservedSigner,
  ObservedUnit,
  ProtectionInventory,
} from '../../core/node/observed.ts';
import { atOnceMs, steadyRunMs } from '../../core/node/restart-policy.ts';
import { iterationsOfInterest } from '../../core/node/target.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { CheckpointWatch } from './checkpoint-watch.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { beaconUrl, desiredNode, executionUrl, type NodeSetup, unitLayerOf } from './node-setup.ts';
import type { ReleaseDesk } from './release-desk.ts';

export type EndedUnit = Extract<ObservedUnit, { state: 'off' }>;

interface LayerMemory {
  up: boolean;
  startedMs: number;
  crashes: number;
  atOnce: number;
  crashedMs: number;
  exitCode: number | undefined;
  wasRemoved: boolean;
  wrongInARow: number;
  /** Of its last answer in this run, by both clocks. */
  answered: { readonly atMs: number; readonly steadyMs: number } | undefined;
}

const notAsked = unknown('not asked');
const silentExecution: ExecutionReport = { chainId: notAsked, genesisHash: notAsked };
const silentConsensus: ConsensusReport = {
  genesisTimeSeconds: notAsked,
  genesisValidatorsRoot: notAsked,
  executionReachable: notAsked,
};

interface ObserverParts {
  readonly journal: JournalKeeper;
  readonly desk: ReleaseDesk;
  /** Aborted once nobody should wait any more for what a look can do without. */
  readonly patience: () => AbortSignal;
}

/** Looks at everything a plan is made from, and remembers what only shows over time. */
export class NodeObserver {
  private readonly setup: NodeSetup;
  private readonly env: NodeEnvironment;
  private readonly parts: ObserverParts;
  private readonly memory: Record<NodeLayer, LayerMemory>;
  private readonly checkpoint: CheckpointWatch;
  private chains: readonly ChainFolder[] | undefined;
  private protection: ProtectionInventory | undefined;
  private exited: (layer: NodeLayer, unit: EndedUnit) => void = () => undefined;

  constructor(setup: NodeSetup, env: NodeEnvironment, parts: ObserverParts) {
    this.setup = setup;
    this.env = env;
    this.parts = parts;
    this.checkpoint = new CheckpointWatch(setup, env, parts.journal);
    this.memory = { execution: blank(), consensus: blank(), validator: blank() };
  }

  onExit(exited: (layer: NodeLayer, unit: EndedUnit) => void): void {
    this.exited = exited;
  }

  /** A unit of ours was started: from now on its end is a crash. */
  noteStarted(layer: NodeLayer): void {
    const nowMs = this.env.clock.monotonicMs();
    const { wrongInARow: _before, answered: _then, ...ends } = this.memory[layer];
    this.memory[layer] = { ...ends, up: true, startedMs: nowMs, wrongInARow: 0, answered: undefined };
    this.forgetInside(layer);
  }

  /** What a client that runs inside this one said before, it did not say in this run. */
  private forgetInside(unit: NodeLayer): void {
    for (const layer of chainLayers)
      if (layer !== unit && this.unitOf(layer) === unit) this.memory[layer] = blank();
  }

  private unitOf(layer: ChainLayer): ChainLayer {
    return unitLayerOf(this.setup, layer);
  }

  /** What befell a unit before does not count any more: it is to be tried as if for the first time. */
  forgetExits(layer: NodeLayer): void {
    const { up, startedMs, wrongInARow, answered } = this.memory[layer];
    this.memory[layer] = { ...blank(), up, startedMs, wrongInARow, answered };
  }

  /** A unit was stopped on purpose. */
  noteStopped(layer: NodeLayer): void {
    this.memory[layer] = blank();
    this.forgetInside(layer);
  }

  /** Whether a client that ran at the last look has ended since. Much cheaper than a look; silence is no end. */
  async hasAnyEnded(): Promise<boolean> {
    const { runs } = this.parts.journal.state;
    const states = nodeLayers.map(async (layer) => {
      const run = runs[layer];
      if (run === undefined || !this.memory[layer].up) return false;
      const seen = await this.env.runtime.inspect(run.handle).catch(() => undefined);
      return seen?.state === 'exited' || seen?.state === 'absent';
    });
    return (await Promise.all(states)).includes(true);
  }

  /** Throws when the disk could not be read even once: there is then nothing to plan from. */
  async observe(keysQuiet: Answer<boolean>): Promise<ObservedNode> {
    const journal = this.parts.journal.state;
    const [units, signer, chains, halfRemoved, protection] = await Promise.all([
      this.units(),
      this.signer(),
      this.readChains(),
      this.readHalfRemoved(),
      this.readProtection(),
    ]);
    const [execution, consensus, free, skew, keys, signingOrder] = await Promise.all([
      units.execution.state === 'running' ? this.executionReport() : silentExecution,
      units[this.unitOf('consensus')].state === 'running' ? this.consensusReport() : silentConsensus,
      answer(() => this.env.store.freeBytes()),
      this.clockSkew(journal),
      this.keys(),
      answer(() => this.env.store.signingOrder()),
    ]);
    const otherCheckpoint = this.checkpoint.look(consensus.genesisTimeSeconds.known);
    const seen = {
      journal,
      units,
      ...(signer === undefined ? {} : { signer }),
      execution,
      consensus,
      ...(otherCheckpoint === undefined ? {} : { otherCheckpoint }),
      chains,
      halfRemoved,
      protection,
      clockSkewMs: skew,
      freeBytes: free,
      keys,
      keysQuiet,
      signingOrder,
      ...(await this.alarm(units.validator, signingOrder)),
    };
    const observed: ObservedNode = {
      ...seen,
      ...this.overTime(),
      liveness: await this.liveness(),
      bundles: await this.bundles(journal),
    };
    this.remember(observed);
    return { ...observed, ...this.overTime() };
  }

  /** A first start is in no hurry, and goes to the wrong network by a wrong clock: it waits for a measurement. */
  private async clockSkew({ reset }: ObservedNode['journal']): Promise<Answer<number>> {
    try {
      const isFirst = reset === undefined;
      return await this.env.clockSkewMs(isFirst ? { patience: this.parts.patience() } : {});
    } catch (thrown) {
      return unknown(messageOf(thrown));
    }
  }

  /** Asked only while our signer runs: what it signs beside another cannot be undone. */
  private async alarm(
    unit: ObservedUnit,
    order: ObservedNode['signingOrder'],
  ): Promise<Pick<ObservedNode, 'signingAlarm'>> {
    const keySets = this.setup.validator?.keySets;
    const identity = this.parts.journal.state.reset?.identity;
    if (unit.state !== 'running' || keySets === undefined || identity === undefined || !order.known)
      return {};
    const beacon = this.env.beacon(beaconUrl(this.setup));
    const { slashedBefore } = order.value;
    const signingAlarm = await this.env.guard
      .alarm({ identity, keySets, beacon, slashedBefore })
      .catch((thrown: unknown) => {
        this.env.log.warn('the signer could not be watched', { reason: messageOf(thrown) });
      });
    return signingAlarm === undefined ? {} : { signingAlarm };
  }

  private async bundles(journal: ObservedNode['journal']) {
    const desired = desiredNode(this.setup, { intent: 'up', force: false });
    return this.parts.desk.held(iterationsOfInterest({ desired, journal, nowMs: this.env.clock.nowMs() }));
  }

  private async units(): Promise<Record<NodeLayer, ObservedUnit>> {
    const [execution, consensus, validator] = await Promise.all([
      this.unit('execution'),
      this.unit('consensus'),
      this.unit('validator'),
    ]);
    const units = { execution, consensus, validator };
    for (const layer of nodeLayers) this.noteEnd(layer, units[layer]);
    return units;
  }

  /** Undefined for a node that neither has nor had one. */
  private async signer(): Promise<ObservedSigner | undefined> {
    const { signer } = this.parts.journal.state;
    if (this.setup.signer === undefined && signer === undefined) return undefined;
    const unit = await this.unit('signer');
    if (this.setup.database === undefined || unit.state === 'unknown') return unit;
    try {
      const database = await this.env.runtime.recover(unitName(this.setup.name, 'database'));
      return (database === undefined) === (unit.state === 'off') ? unit : { state: 'half' };
    } catch (thrown) {
      return { state: 'unknown', reason: messageOf(thrown) };
    }
  }

  private async unit(layer: NodeLayer | 'signer'): Promise<ObservedUnit> {
    try {
      const { runs, signer } = this.parts.journal.state;
      const run = layer === 'signer' ? signer : runs[layer];
      const seen = run === undefined ? undefined : await this.env.runtime.inspect(run.handle);
      if (seen?.state === 'running') return { state: 'running' };
      if (seen?.state === 'unknown') return seen;
      const found = await this.env.runtime.recover(unitName(this.setup.name, layer));
      if (found !== undefined) return { state: 'stray' };
      const exitCode = seen?.state === 'exited' ? seen.exitCode : undefined;
      return {
        state: 'off',
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(seen?.state === 'absent' ? { isForgotten: true } : {}),
      };
    } catch (thrown) {
      return { state: 'unknown', reason: messageOf(thrown) };
    }
  }

  private noteEnd(layer: NodeLayer, unit: ObservedUnit): void {
    const memory = this.memory[layer];
    const nowMs = this.env.clock.monotonicMs();
    if (unit.state === 'running' && !memory.up) this.noteStarted(layer);
    if (unit.state !== 'off' || !memory.up) return;
    const steady = nowMs - memory.startedMs >= steadyRunMs;
    const crashes = (steady ? 0 : memory.crashes) + 1;
    const atOnce = nowMs - memory.startedMs < atOnceMs ? memory.atOnce + 1 : 0;
    const { exitCode, isForgotten: wasRemoved = false } = unit;
    this.memory[layer] = { ...blank(), crashes, atOnce, crashedMs: nowMs, exitCode, wasRemoved };
    this.forgetInside(layer);
    this.exited(layer, unit);
  }

  /** A disk that cannot be read for a moment has not changed: what was last seen on it holds. */
  private async readChains(): Promise<readonly ChainFolder[]> {
    try {
      this.chains = await this.env.store.chains();
    } catch (thrown) {
      if (this.chains === undefined) throw thrown;
      this.env.log.warn('the node directory could not be read', { reason: messageOf(thrown) });
    }
    return this.chains;
  }

  /** Likewise, and nobody needs to know of them. */
  private async readHalfRemoved(): Promise<readonly string[]> {
    return this.env.store.halfRemovedChains().catch(() => []);
  }

  /** Likewise; never seen yet, it keeps only the validator client waiting. */
  private async readProtection(): Promise<ObservedNode['protection']> {
    try {
      this.protection = await this.env.store.protection();
    } catch (thrown) {
      if (this.protection === undefined) return unknown(messageOf(thrown));
      this.env.log.warn('slashing protection could not be read', { reason: messageOf(thrown) });
    }
    return known(this.protection);
  }

  private async executionReport(): Promise<ExecutionReport> {
    const api = this.env.execution(executionUrl(this.setup));
    const [chainId, genesis] = await Promise.all([api.chainId(), api.block(0)]);
    return { chainId, genesisHash: genesis.known ? known(genesis.value.hash) : genesis };
  }

  private async consensusReport(): Promise<ConsensusReport> {
    const api = this.env.beacon(beaconUrl(this.setup));
    const [genesis, syncing] = await Promise.all([api.genesis(), api.syncing()]);
    return {
      genesisTimeSeconds: genesis.known ? known(genesis.value.genesisTimeSeconds) : genesis,
      genesisValidatorsRoot: genesis.known ? known(genesis.value.genesisValidatorsRoot) : genesis,
      executionReachable: syncing.known ? known(!syncing.value.elOffline) : syncing,
    };
  }

  /** Asked only between completion and life: afterwards nothing depends on it. */
  private async liveness(): Promise<Liveness> {
    const reset = this.parts.journal.state.reset;
    if (reset?.completedAtMs === undefined || reset.liveAtMs !== undefined) return notAsked;
    if (this.env.clock.nowMs() < reset.identity.genesisTimeSeconds * 1000) return known('waiting');
    const head = await this.env.beacon(beaconUrl(this.setup)).head();
    if (!head.known) return head;
    if (head.value.slot === 0 || head.value.executionBlockHash === undefined) return known('waiting');
    const block = await this.env.execution(executionUrl(this.setup)).block('latest');
    if (!block.known) return block;
    const same = block.value.hash.toLowerCase() === head.value.executionBlockHash.toLowerCase();
    return known(same ? 'live' : 'waiting');
  }

  private async keys(): Promise<ObservedNode['keys']> {
    const sets = this.setup.validator?.keySets;
    if (sets === undefined) return notAsked;
    return answer(() => this.env.store.keys(sets));
  }

  private remember(observed: ObservedNode): void {
    for (const layer of chainLayers) {
      const memory = this.memory[layer];
      if (Object.values(observed[layer]).some(({ known }) => known)) memory.answered = this.now();
      const unit = this.unitOf(layer);
      const run = observed.journal.runs[unit];
      const identity = observed.chains.find((folder) => folder.name === run?.folder)?.identity;
      if (observed.units[unit].state !== 'running' || identity === undefined) continue;
      const verdict = identityVerdict(layer, observed, identity);
      if (verdict === 'wrong') memory.wrongInARow += 1;
      if (verdict === 'right') memory.wrongInARow = 0;
    }
  }

  private now(): NonNullable<LayerMemory['answered']> {
    const { clock } = this.env;
    return { atMs: clock.nowMs(), steadyMs: clock.monotonicMs() };
  }

  private answerRecord(layer: ChainLayer): AnswerRecord {
    const { up, startedMs } = this.memory[this.unitOf(layer)];
    const { answered } = this.memory[layer];
    const silentForMs = up ? this.now().steadyMs - (answered?.steadyMs ?? startedMs) : 0;
    return { silentForMs, ...(answered === undefined ? {} : { lastAtMs: answered.atMs }) };
  }

  private provingForMs(layer: ChainLayer, nowMs: number): number {
    const { state } = this.parts.journal;
    const run = runOf(state, layer);
    const { up, startedMs } = this.memory[this.unitOf(layer)];
    return up && run !== undefined && !isProven(state, layer, run) ? nowMs - startedMs : 0;
  }

  private overTime(): Pick<ObservedNode, 'crashes' | 'wrongInARow' | 'provingForMs' | 'answers'> {
    const nowMs = this.env.clock.monotonicMs();
    const crash = (layer: NodeLayer): CrashRecord => {
      const { crashes, atOnce, crashedMs, exitCode, wasRemoved } = this.memory[layer];
      return {
        count: crashes,
        atOnce,
        sinceLastMs: nowMs - crashedMs,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(wasRemoved ? { wasRemoved } : {}),
      };
    };
    const wrong = (layer: ChainLayer) => this.memory[layer].wrongInARow;
    const proving = (layer: ChainLayer) => this.provingForMs(layer, nowMs);
    return {
      crashes: {
        execution: crash('execution'),
        consensus: crash('consensus'),
        validator: crash('validator'),
      },
      wrongInARow: { execution: wrong('execution'), consensus: wrong('consensus') },
      provingForMs: { execution: proving('execution'), consensus: proving('consensus') },
      answers: { execution: this.answerRecord('execution'), consensus: this.answerRecord('consensus') },
    };
  }
}

function blank(): LayerMemory {
  return {
    up: false,
    startedMs: 0,
    crashes: 0,
    atOnce: 0,
    crashedMs: 0,
    exitCode: undefined,
    wasRemoved: false,
    wrongInARow: 0,
    answered: undefined,
  };
}

async function answer<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return known(await ask());
  } catch (thrown) {
    return unknown(messageOf(thrown));
  }
}
