import { backoffMs } from '../../base/backoff.ts';
import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { SyncProgress } from '../api/api-node.ts';
import type { Chain } from '../chain/chain.ts';
import { mayflyErrors } from '../errors.ts';
import type { ExecutionDriver } from '../execution/execution-driver.ts';
import type { PoolPruner } from '../pools/pool-pruner.ts';
import type { BlockBuilder } from '../production/block-builder.ts';
import type { HeardEvent, HeardVotes } from './heard-votes.ts';
import type { Synchroniser } from './synchroniser.ts';
import type { RemoteEvent, RemoteHead, Upstream } from './upstream.ts';

/** Behind by one block is how a node is between two blocks, not syncing. */
const toleratedSlots = 1;
/** Without a connection, so long without blocks may just be missed slots. */
const toleratedSlotsAlone = 8;
/** By so much may the producer's clock be ahead of ours. */
const toleratedSlotsAhead = 32;
const retry = { firstMs: 250, lastMs: 10_000 };

export interface FollowerParts {
  readonly chain: Chain;
  readonly execution: ExecutionDriver;
  readonly builder: BlockBuilder;
  readonly upstream: Upstream;
  readonly synchroniser: Synchroniser;
  readonly pruner: PoolPruner;
  readonly votes: HeardVotes;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Follows a producer until the signal: over its outages, its reorgs, and those of our execution client. */
export class Follower {
  private readonly parts: FollowerParts;
  private remote: RemoteHead | undefined;
  private isConnected = false;

  constructor(parts: FollowerParts) {
    this.parts = parts;
  }

  get connected(): boolean {
    return this.isConnected;
  }

  /** The distance to the producer's head; without a connection, to the slot that the clock says. */
  syncing(): SyncProgress {
    const { chain } = this.parts;
    const goal = this.isConnected && this.remote !== undefined ? this.remote.slot : chain.currentSlot();
    const syncDistance = Math.max(0, goal - chain.head.slot);
    const tolerated = this.isConnected ? toleratedSlots : toleratedSlotsAlone;
    return { isSyncing: syncDistance > tolerated, syncDistance };
  }

  /** Runs both loops until the signal. */
  async run(): Promise<void> {
    try {
      await Promise.all([this.followLoop(), this.watchExecution()]);
    } finally {
      await this.parts.upstream.close();
    }
  }

  private async followLoop(): Promise<void> {
    const { signal, clock, random, log } = this.parts;
    let attempt = 0;
    while (!signal.aborted) {
      try {
        await this.follow(() => {
          attempt = 0;
        });
      } catch (cause) {
        if (signal.aborted) return;
        if (attempt === 0) log.warn('the producer is not followed at present', { reason: messageOf(cause) });
      }
      this.isConnected = false;
      await clock.sleep(backoffMs(retry, attempt++, random), signal).catch(() => undefined);
    }
  }

  /** One connection: catch up with the head, then follow its events until the stream ends or falls silent. */
  private async follow(onProgress: () => void): Promise<void> {
    const { upstream, log } = this.parts;
    await this.checkNetwork();
    const closing = new AbortController();
    const events = upstream.events(closing.signal);
    // Subscribed before the head is asked for, so that no head falls between.
    let next = ignoreLate(events.next());
    try {
      this.remote = this.plausible(await upstream.head());
      this.isConnected = true;
      log.info('following the producer', { url: upstream.url, slot: this.remote.slot });
      await this.moveTo(this.remote, onProgress);
      for (;;) {
        const event = await this.nextEvent(next);
        if (event === 'silence') {
          await this.moveTo(await upstream.head(), onProgress);
          continue;
        }
        if (event.done === true) return;
        next = ignoreLate(events.next());
        if (event.value.kind === 'heard') await this.hear(event.value);
        else await this.moveTo(event.value.head, onProgress);
      }
    } finally {
      closing.abort();
    }
  }

  private async moveTo(head: RemoteHead, onProgress: () => void): Promise<void> {
    const { synchroniser, pruner } = this.parts;
    this.remote = this.plausible(head);
    await synchroniser.syncTo(this.remote);
    await pruner.prune(this.remote.slot);
    onProgress();
  }

  /** A vote that is not good, or is for a block that we lack, is no reason to part from the producer. */
  private async hear(event: HeardEvent): Promise<void> {
    const { votes, log } = this.parts;
    try {
      await votes.take(event);
    } catch (cause) {
      log.debug('a vote of the producer was not taken', { topic: event.topic, reason: messageOf(cause) });
    }
  }

  /** The next event, or `silence` when three slots passed without one: the producer is then asked. */
  private async nextEvent(
    next: Promise<IteratorResult<RemoteEvent>>,
  ): Promise<IteratorResult<RemoteEvent> | 'silence'> {
    const { clock, chain, signal } = this.parts;
    const waiting = new AbortController();
    const bound = boundBy([waiting.signal, signal]);
    const silence = clock
      .sleep(Math.min(60_000, 3 * chain.network.slotMs), bound.signal)
      .then(() => 'silence' as const);
    silence.catch(() => undefined);
    try {
      return await Promise.race([next, silence]);
    } finally {
      waiting.abort();
      bound.release();
    }
  }

  /** A head far in the future would have us ask for blocks without end. */
  private plausible(head: RemoteHead): RemoteHead {
    const { chain, upstream } = this.parts;
    const latest = Math.max(0, chain.currentSlot()) + toleratedSlotsAhead;
    if (head.slot <= latest) return head;
    const reason = `its head is of slot ${head.slot}, and by our clock it is at most slot ${latest}`;
    throw mayflyErrors.create('EPH-MAYFLY-UPSTREAM', { url: upstream.url, reason });
  }

  private async checkNetwork(): Promise<void> {
    const { upstream, chain } = this.parts;
    const theirs = await upstream.validatorsRoot();
    const ours = chain.network.genesisValidatorsRoot;
    if (theirs === ours) return;
    const reason = `it is on the network with validators root ${theirs}, not ${ours}`;
    throw mayflyErrors.create('EPH-MAYFLY-UPSTREAM', { url: upstream.url, reason });
  }

  /** Once a slot: whether the execution client is there, and has our head. */
  private async watchExecution(): Promise<void> {
    const { signal, clock, chain, execution, builder, log } = this.parts;
    while (!signal.aborted) {
      try {
        const wasOffline = execution.offline;
        const isThere = await execution.probe();
        const isTold = !wasOffline && !chain.unconfirmed.has(chain.head.root);
        // One that was restarted empty between two heads looks as before; it is found out by its lack.
        if (isThere && !(isTold && (await execution.holds(chain.head)))) {
          await builder.followHead(chain.head.slot + 1);
        }
      } catch (cause) {
        log.warn('the execution client was not told the head', { reason: messageOf(cause) });
      }
      await clock.sleep(Math.min(chain.network.slotMs, 4_000), signal).catch(() => undefined);
    }
  }
}

/** A stream that breaks while nobody waits for it must not end the process; whoever waits later still sees it. */
function ignoreLate<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
