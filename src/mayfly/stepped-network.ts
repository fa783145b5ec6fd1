import { silentLog } from '../base/log.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import type { EngineApi } from '../chain/engine.ts';
import { createStubEngine } from './execution/stub-engine.ts';
import type { ValidatorKey } from './keys/validator-keys.ts';
import type { Network } from './network.ts';
import { createProducerNode, type ProducerNode } from './producer-node.ts';
import type { SlotOutcome } from './production/producer.ts';
import { slotStartMs } from './slots.ts';
import { createMemoryStore } from './store/memory-store.ts';
import type { ChainStore } from './store/store.ts';

export interface SteppedOptions {
  readonly network: Network;
  readonly keys: readonly ValidatorKey[];
  readonly engine?: EngineApi;
  readonly store?: ChainStore;
}

/** What validators outside the producer do in a slot, after the producer's own have done the same. */
export interface OutsideValidators {
  propose(slot: number): Promise<void>;
  attest(slot: number): Promise<void>;
}

/** A producer whose time is told: each step is one slot, as fast as the machine can, with real states and signatures. */
export class SteppedNetwork {
  readonly node: ProducerNode;
  readonly clock: VirtualClock;
  private readonly network: Network;
  private slot: number;

  private constructor(node: ProducerNode, clock: VirtualClock, network: Network) {
    this.node = node;
    this.clock = clock;
    this.network = network;
    this.slot = node.chain.head.slot;
  }

  static async open(options: SteppedOptions): Promise<SteppedNetwork> {
    const { network } = options;
    const clock = new VirtualClock(network.genesisTimeSeconds * 1000);
    const node = await createProducerNode({
      ...options,
      clock,
      log: silentLog,
      engine: options.engine ?? createStubEngine({ genesisHash: network.genesisBlock.executionHash }),
      store: options.store ?? createMemoryStore(),
    });
    return new SteppedNetwork(node, clock, network);
  }

  /** Runs the next slot whole: proposal, attestations, preparation of the next. */
  async step(outside?: OutsideValidators): Promise<SlotOutcome> {
    this.slot += 1;
    await this.moveClock();
    const { producer } = this.node;
    const isLate = producer.proposalDelayMs(this.slot) > this.network.slotMs / 3;
    if (isLate) await producer.attest(this.slot);
    const outcome = await producer.propose(this.slot);
    await outside?.propose(this.slot);
    if (!isLate) await producer.attest(this.slot);
    await outside?.attest(this.slot);
    await producer.prepareNext(this.slot);
    return outcome;
  }

  /** Runs up to and including this slot. */
  async stepTo(slot: number, outside?: OutsideValidators): Promise<void> {
    while (this.slot < slot) await this.step(outside);
  }

  private async moveClock(): Promise<void> {
    const { genesisTimeSeconds, slotMs } = this.network;
    const targetMs = slotStartMs({ genesisMs: genesisTimeSeconds * 1000, slotMs }, this.slot);
    await this.clock.advance(Math.max(0, targetMs - this.clock.nowMs()));
  }
}
