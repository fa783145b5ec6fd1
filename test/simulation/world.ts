import { type Answer, known } from '../../src/base/answer.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { VirtualClock } from '../../src/base/virtual-clock.ts';
import { keyPlacesOf } from '../../src/core/clients/key-places.ts';
import { loopback } from '../../src/core/clients/ports.ts';
import type { ReleaseBundle } from '../../src/core/network/bundle.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import type { RecordedRun } from '../../src/core/node/journal-entry.ts';
import { journalLine } from '../../src/core/node/journal-text.ts';
import { NodeController } from '../../src/operations/node/node-controller.ts';
import type {
  CheckpointAdvice,
  KeyGuard,
  NodeEnvironment,
  NodeHook,
} from '../../src/operations/node/node-environment.ts';
import type { NodeEvent } from '../../src/operations/node/node-event.ts';
import type { ClientSetup, NodeSetup } from '../../src/operations/node/node-setup.ts';
import { FakeHost } from '../../src/runtimes/fake/fake-host.ts';
import { FakeRuntime } from '../../src/runtimes/fake/fake-runtime.ts';
import type { FakeBehaviour } from '../../src/runtimes/fake/fake-script.ts';
import type { ProtectionMerge } from '../../src/storage/node-store.ts';
import { ChainTruth, insideMark } from './chain-truth.ts';
import { fakeClient } from './fake-clients.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryNodeStore } from './memory-node-store.ts';
import { bundleOf, network } from './network.ts';
import { OurLife } from './our-life.ts';
import { ReleaseShelf } from './release-shelf.ts';

function client(definition: ClientSetup['definition'], ports: ClientSetup['ports']): ClientSetup {
  const program = { client: definition.id, version: '1', command: [definition.id] };
  return { definition, version: '1', program, ports, args: [], env: {} };
}

/** A node of fake clients, with a validator client and one key set. */
export const nodeSetup: NodeSetup = {
  name: 'home',
  network,
  execution: client(fakeClient('execution', 'alpha'), { rpc: 1, engine: 2 }),
  consensus: client(fakeClient('consensus', 'beta'), { api: 3 }),
  validator: { ...client(fakeClient('validator', 'gamma'), {}), keySets: ['main'] },
};

/** The same with its consensus client inside the program of its execution client. */
export const oneProgramSetup: NodeSetup = {
  ...nodeSetup,
  consensus: {
    ...client(
      fakeClient('consensus', 'inside', {
        hostedBy: 'alpha',
        artifacts: [],
        identityFiles: [],
        ports: [loopback('api')],
        program: ({ checkpointUrl }) => ({
          args: [insideMark, ...(checkpointUrl === undefined ? [] : [`--checkpoint=${checkpointUrl}`])],
          env: {},
        }),
      }),
      { api: 3 },
    ),
    program: nodeSetup.execution.program,
  },
};

export interface WorldOptions {
  readonly startMs?: number;
  readonly setup?: NodeSetup;
  readonly behaviour?: FakeBehaviour;
}

/** A host, a disk, a network and one node on them, on a virtual clock. Our own process can die and come back. */
export class World {
  readonly clock: VirtualClock;
  readonly host: FakeHost;
  readonly disk = new MemoryDisk();
  readonly shelf = new ReleaseShelf();
  readonly truth: ChainTruth;
  readonly events: NodeEvent[] = [];
  setup: NodeSetup;
  behaviour: FakeBehaviour;
  hooks: NodeHook[] = [];
  guard: Pick<KeyGuard, 'quiet'> & Partial<KeyGuard> = { quiet: async () => known(true) };
  skew: (patience?: AbortSignal) => Promise<Answer<number>> = async () => known(0);
  mergeProtection: ProtectionMerge = async () => undefined;
  checkpoints: CheckpointAdvice | undefined;
  keymanager: NodeEnvironment['keymanager'];
  fetchMs = 500;
  /** Told before protection is read; may throw as a disk does. */
  protectionRead: () => void = () => undefined;
  torn: () => number = () => 0;
  mayHappen: (moment: string, life: OurLife) => void = () => undefined;
  random = seededRandom('world');
  private readonly startMs: number;
  private life = new OurLife();
  private current: NodeController | undefined;
  private keeping = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(options: WorldOptions = {}) {
    this.startMs = options.startMs ?? scheduleOf(network, 10).startSeconds * 1000 + 100_000;
    this.setup = options.setup ?? nodeSetup;
    this.behaviour = options.behaviour ?? (() => ({ readyAfterMs: 400, stopTakesMs: 200 }));
    this.clock = new VirtualClock(this.startMs);
    this.host = new FakeHost({
      clock: this.clock,
      behaviour: (run) => this.truth.behaviour((r) => this.behaviour(r))(run),
    });
    this.truth = new ChainTruth(this.host, this.setup.name, () => this.trueNowMs());
    this.disk.keystores.set('main', ['k1', 'k2', 'k3']);
  }

  /** The time by everybody else's clock. */
  trueNowMs(): number {
    return this.startMs + this.clock.monotonicMs();
  }

  get controller(): NodeController {
    if (this.current === undefined) throw new Error('our process does not run');
    return this.current;
  }

  get isUp(): boolean {
    return this.current !== undefined && !this.life.isOver;
  }

  publish(bundle: ReleaseBundle): ReleaseBundle {
    this.truth.addBundle(bundle.directory, bundle.identity);
    return bundle;
  }

  /** Publishes each iteration `leadSeconds` before its T. */
  publishOnTime(leadSeconds = network.publishLeadSeconds): void {
    this.shelf.answer = (iteration) => {
      const due = (scheduleOf(network, iteration).startSeconds - leadSeconds) * 1000;
      if (this.trueNowMs() < due) return { answer: 'not-yet', detail: 'not due' };
      return this.publish(bundleOf(iteration));
    };
  }

  /** Starts our process, its loop with it unless told. */
  boot(options: { readonly loop?: boolean } = {}): NodeController {
    const life = new OurLife((moment, self) => this.mayHappen(moment, self));
    this.life = life;
    const controller = new NodeController(this.setup, this.environment(life));
    this.current = controller;
    const keeping = new AbortController();
    this.keeping = keeping;
    life.signal.addEventListener('abort', () => keeping.abort(), { once: true });
    this.ended = options.loop === false ? Promise.resolve() : controller.run(keeping.signal);
    return controller;
  }

  /** As when the configuration is applied: the controller ends with the step that it is at, and another one follows it. */
  replaceController(): void {
    this.keeping.abort();
    this.ended = this.ended.then(() => {
      this.boot();
      return this.ended;
    });
  }

  /** SIGKILL of our process. Clients go on. */
  kill(): void {
    this.life.kill();
    this.current = undefined;
  }

  /** Adds to the journal that a layer's run is another one. */
  async rewriteRun(layer: 'execution' | 'consensus', run: RecordedRun): Promise<void> {
    const atMs = this.clock.nowMs();
    this.disk.journal += `${journalLine({ type: 'unit.started', layer, run, atMs })}\n`;
  }

  /** Ends a scenario: nothing of it may go on by itself. */
  async end(): Promise<void> {
    this.kill();
    await this.clock.advance(60_000);
    await this.ended;
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs);
  }

  /** Advances to this wall-clock second. */
  async advanceTo(seconds: number): Promise<void> {
    await this.advance(Math.max(0, seconds * 1000 - this.clock.nowMs()));
  }

  /** Advances until `holds`; throws after `limitMs`. */
  async until(holds: () => boolean, limitMs = 600_000): Promise<void> {
    const endMs = this.clock.monotonicMs() + limitMs;
    while (!holds()) {
      if (this.clock.monotonicMs() >= endMs) throw new Error(`it did not come about: ${holds}`);
      await this.advance(250);
    }
  }

  isRunning(layer: 'execution' | 'consensus' | 'validator'): boolean {
    return this.truth.running(layer) !== undefined;
  }

  /** The iteration that a running chain client is really on. */
  iterationOf(layer: 'execution' | 'consensus'): number | undefined {
    return this.isRunning(layer) ? this.truth.networkUnder(layer)?.iteration : undefined;
  }

  findingCodes(): readonly string[] {
    return this.controller.findings.map((finding) => finding.code);
  }

  eventsOf<T extends NodeEvent['type']>(type: T): Extract<NodeEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<NodeEvent, { type: T }> => event.type === type);
  }

  private environment(life: OurLife): NodeEnvironment {
    const { clock, random } = this;
    return {
      clock,
      random,
      log: silentLog,
      store: new MemoryNodeStore(this.disk, life, {
        torn: () => this.torn(),
        protectionRead: () => this.protectionRead(),
      }),
      runtime: new FakeRuntime({
        host: this.host,
        life: life.signal,
        at: (moment) => life.gate(moment),
      }),
      releases: this.shelf.for(life, (signal) => clock.sleep(this.fetchMs, signal)),
      beacon: this.truth.beacon,
      execution: this.truth.execution,
      guard: {
        quiet: (ask) => this.guard.quiet(ask),
        begins: async (ask) => this.guard.begins?.(ask),
        ended: async (keySets) => this.guard.ended?.(keySets),
        alarm: async (ask) => this.guard.alarm?.(ask),
        admit: async () => known(true),
        admitted: async () => undefined,
        withoutSigner: async () => known([]),
        findings: () => this.guard.findings?.() ?? [],
      },
      keyPlaces: keyPlacesOf([]),
      exportProtection: async ({ bundle }) => ({ ...bundle.identity, histories: new Map() }),
      carryProtection: ({ earlier, intoPath }) => this.mergeProtection(earlier, intoPath),
      ...(this.checkpoints === undefined ? {} : { checkpoints: this.checkpoints }),
      ...(this.keymanager === undefined ? {} : { keymanager: this.keymanager }),
      hooks: this.hooks,
      clockSkewMs: ({ patience }) => this.skew(patience),
      emit: (event) => {
        if (!life.isOver) this.events.push(event);
      },
    };
  }
}
