import { type Answer, known, unknown } from '../../src/base/answer.ts';
import type { BeaconApi } from '../../src/chain/beacon.ts';
import type { ExecutionApi } from '../../src/chain/execution.ts';
import { identityName, type NetworkIdentity } from '../../src/core/network/identity.ts';
import type { FakeHost, FakeProcess } from '../../src/runtimes/fake/fake-host.ts';
import type { FakeBehaviour } from '../../src/runtimes/fake/fake-script.ts';

export interface ApiFaults {
  /** A reason when the API does not answer now. */
  outage(layer: 'execution' | 'consensus'): string | undefined;
  /** It names a wrong network for this one call. */
  lies(layer: 'execution' | 'consensus'): boolean;
  /** This data directory comes up on another network than its bundle, once and for all. */
  wrongGenesis(layer: string): boolean;
}

export const noApiFaults: ApiFaults = {
  outage: () => undefined,
  lies: () => false,
  wrongGenesis: () => false,
};

const slotSeconds = 12;

/** An argument by which a simulated execution client is the consensus client too. */
export const insideMark = 'consensus-inside';

/**
 * What is really so, whatever anybody records: which network each data directory is on since its first
 * start, and what the clients answer because of it.
 */
export class ChainTruth {
  readonly violations: string[] = [];
  faults: ApiFaults = noApiFaults;
  private readonly host: FakeHost;
  private readonly node: string;
  private readonly trueNowMs: () => number;
  private readonly bundles = new Map<string, NetworkIdentity>();
  private readonly networkOf = new Map<string, NetworkIdentity>();
  /** Data directories whose client has named its network truly at least once. */
  private readonly named = new Set<string>();
  private readonly lastData = new Map<string, string>();
  /** The program of the execution client is the consensus client too, or was when it ran last. */
  private isOneProgram = false;

  constructor(host: FakeHost, node: string, trueNowMs: () => number) {
    this.host = host;
    this.node = node;
    this.trueNowMs = trueNowMs;
  }

  addBundle(directory: string, identity: NetworkIdentity): void {
    this.bundles.set(directory, identity);
  }

  /** Wraps a behaviour with what every real client does with its data directory. */
  behaviour(then: FakeBehaviour): FakeBehaviour {
    return (run) => {
      if (run.kind === 'task') return then(run);
      const { data, bundle } = mountsOf(run.spec);
      const identity = this.bundles.get(bundle);
      if (identity === undefined) throw new Error(`started on an unknown bundle ${bundle}`);
      const layer = run.spec.name.split('.').at(-1) ?? '';
      const script = then(run);
      if (script.startFails !== undefined) return script;
      this.lastData.set(run.spec.name, data);
      if (layer === 'execution') this.isOneProgram = run.spec.args.includes(insideMark);
      if (layer === 'consensus') this.endInside();
      else if (this.isOneProgram && this.host.running(`${this.node}.consensus`) !== undefined)
        this.violations.push('the program that is both layers is started beside another consensus client');
      for (const each of this.layersOf(layer))
        this.open(`${each} ${data}`, { layer: each, identity, bundle });
      return script;
    };
  }

  private endInside(): void {
    if (this.isOneProgram && this.running('execution') !== undefined)
      this.violations.push('a consensus client is started beside the program that is both layers');
    this.isOneProgram = false;
  }

  private layersOf(unit: string): readonly string[] {
    if (unit === 'validator') return [];
    return unit === 'execution' && this.isOneProgram ? ['execution', 'consensus'] : [unit];
  }

  private open(
    key: string,
    { layer, identity, bundle }: { layer: string; identity: NetworkIdentity; bundle: string },
  ): void {
    if (!this.networkOf.has(key)) {
      const other = {
        ...identity,
        chainId: identity.chainId + 7,
        genesisValidatorsRoot: `0x${'ff'.repeat(32)}`,
      };
      this.networkOf.set(key, this.faults.wrongGenesis(layer) ? other : identity);
    } else if (this.bundles.get(bundle)?.iteration !== this.networkOf.get(key)?.iteration) {
      this.violations.push(`${key} was started with ${bundle}`);
    }
  }

  /** The unit that a layer runs in. */
  private unitOf(layer: string): string {
    return `${this.node}.${layer === 'consensus' && this.isOneProgram ? 'execution' : layer}`;
  }

  /** A layer's own data, as it is known here: two layers may share a directory. */
  private keyOf(layer: string): string {
    return `${layer} ${this.lastData.get(this.unitOf(layer)) ?? ''}`;
  }

  /** The network of what a unit runs on, or last ran on. */
  networkUnder(layer: 'execution' | 'consensus'): NetworkIdentity | undefined {
    return this.networkOf.get(this.keyOf(layer));
  }

  /** Its client has named it truly since its data directory was made. */
  wasNamed(layer: 'execution' | 'consensus'): boolean {
    return this.named.has(this.keyOf(layer));
  }

  running(layer: string): FakeProcess | undefined {
    return this.host.running(this.unitOf(layer));
  }

  /** The network that the running validator client was started for. */
  validatorNetwork(): NetworkIdentity | undefined {
    const process = this.running('validator');
    return process === undefined ? undefined : this.bundles.get(mountsOf(process.run.spec).bundle);
  }

  readonly execution = (_url: string): ExecutionApi => ({
    chainId: async () => this.ask('execution', (i) => i.chainId),
    block: async (which) =>
      this.ask('execution', (i) => {
        const number = which === 'latest' ? this.headSlot(i) : which;
        return { number, hash: number === 0 ? i.executionGenesisHash : this.payload(i), timestampSeconds: 0 };
      }),
    peerCount: async () => known(1),
    version: async () => known('fake'),
  });

  /** What the consensus client says of its blocks. */
  blockRoots: BeaconApi['blockRoot'] = async () => unknown('no block is looked at');

  /** The last epoch that the consensus client has finalized; of one that began at a checkpoint, that one at least. */
  finalizedEpoch = 0;

  readonly beacon = (_url: string): BeaconApi => ({
    genesis: async () =>
      this.ask('consensus', (i) => ({
        genesisTimeSeconds: i.genesisTimeSeconds,
        genesisValidatorsRoot: i.genesisValidatorsRoot,
        genesisForkVersion: '0x1000101b',
      })),
    syncing: async () =>
      this.ask('consensus', (i) => ({
        headSlot: this.headSlot(i),
        syncDistance: 0,
        isSyncing: false,
        isOptimistic: false,
        elOffline: !this.host.isReady(`${this.node}.execution`),
      })),
    head: async () =>
      this.ask('consensus', (i) => {
        const slot = this.headSlot(i);
        return { slot, root: '0x', ...(slot === 0 ? {} : { executionBlockHash: this.payload(i) }) };
      }),
    finality: async () => known({ finalizedEpoch: this.finalizedEpoch, justifiedEpoch: this.finalizedEpoch }),
    peerCount: async () => known(1),
    version: async () => known('fake'),
    liveness: async () => known(new Map<number, boolean>()),
    timing: async () => known({ secondsPerSlot: slotSeconds, slotsPerEpoch: 8 }),
    validators: async () => known(new Map()),
    duties: async () => known({ attesters: new Map(), proposers: new Map() }),
    blockRoot: async (slot) => this.blockRoots(slot),
    proposerOf: async () => unknown('no block is looked at'),
    syncCommittee: async () => known([]),
    syncBits: async () => unknown('no block is looked at'),
  });

  private ask<T>(layer: 'execution' | 'consensus', tell: (identity: NetworkIdentity) => T): Answer<T> {
    const unit = this.unitOf(layer);
    const reason = this.faults.outage(layer);
    if (reason !== undefined) return unknown(reason);
    if (!this.host.isReady(unit)) return unknown('connection refused');
    const identity = this.networkUnder(layer);
    if (identity === undefined) return unknown('connection refused');
    if (this.faults.lies(layer)) return known(tell(lieAbout(identity)));
    this.named.add(this.keyOf(layer));
    return known(tell(identity));
  }

  private headSlot(identity: NetworkIdentity): number {
    return Math.max(0, Math.floor((this.trueNowMs() / 1000 - identity.genesisTimeSeconds) / slotSeconds));
  }

  private payload(identity: NetworkIdentity): string {
    return `0x${identityName(identity)}-${this.headSlot(identity)}`;
  }
}

function lieAbout(identity: NetworkIdentity): NetworkIdentity {
  const genesisValidatorsRoot = `0x${'aa'.repeat(32)}`;
  return { ...identity, chainId: 1, executionGenesisHash: `0x${'bb'.repeat(32)}`, genesisValidatorsRoot };
}

function mountsOf(spec: { readonly mounts: readonly { key: string; hostPath: string }[] }) {
  const path = (key: string) => spec.mounts.find((mount) => mount.key === key)?.hostPath ?? '';
  return { data: path('data'), bundle: path('bundle') };
}
