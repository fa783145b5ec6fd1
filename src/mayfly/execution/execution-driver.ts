import type { Log } from '../../base/log.ts';
import type {
  BuiltPayload,
  EngineApi,
  EngineClientVersion,
  EngineReply,
  ForkchoiceState,
  PayloadAttributes,
} from '../../chain/engine.ts';
import type { Chain } from '../chain/chain.ts';
import { SerialQueue } from '../serial-queue.ts';
import type { BlockSummary, SignedBlock } from '../types.ts';
import { encodeNewPayload } from './payload-codec.ts';

const zeroHash = `0x${'00'.repeat(32)}`;

/** What the execution client says of a payload or a head. `unknown`: it does not answer, or lacks its parents. */
export type Verdict = 'valid' | 'invalid' | 'unknown';

export interface HeadUpdate {
  readonly verdict: Verdict;
  readonly payloadId?: string;
}

/**
 * Leads one execution client along the chain. When it has lost blocks, or started late, it is given the payloads
 * again from our store: the client does not have to fetch them from anybody.
 */
export class ExecutionDriver {
  private readonly engine: EngineApi;
  private readonly chain: Chain;
  private readonly log: Log;
  private readonly queue = new SerialQueue();
  private capabilities: readonly string[] | undefined;
  private isOffline = true;
  private clientVersion: EngineClientVersion | undefined;

  constructor({ engine, chain, log }: { engine: EngineApi; chain: Chain; log: Log }) {
    this.engine = engine;
    this.chain = chain;
    this.log = log;
  }

  /** The last call was not answered. */
  get offline(): boolean {
    return this.isOffline;
  }

  get version(): EngineClientVersion | undefined {
    return this.clientVersion;
  }

  async newPayload(block: SignedBlock): Promise<Verdict> {
    const reply = this.note(await this.engine.newPayload(encodeNewPayload(block)));
    if (reply.kind !== 'answer') return 'unknown';
    const { status, validationError } = reply.value;
    if (status === 'VALID') return 'valid';
    if (status === 'SYNCING' || status === 'ACCEPTED') return 'unknown';
    this.log.warn('the execution client refuses a payload', {
      slot: block.message.slot,
      status,
      validationError,
    });
    return 'invalid';
  }

  /**
   * Tells the client the head, or another block to build on; gives it missing payloads first when it asks for
   * them. With attributes it begins a payload.
   */
  updateHead(head: BlockSummary, attributes?: PayloadAttributes): Promise<HeadUpdate> {
    return this.queue.run(async () => {
      const first = await this.forkchoice(head, attributes);
      if (first.verdict !== 'unknown' || this.isOffline) return first;
      await this.resendPayloads();
      return this.forkchoice(head, attributes);
    });
  }

  /** Fetches what was built under this id. Fulu has its own method, which not every client offers. */
  async getPayload(payloadId: string, fork: string): Promise<BuiltPayload | undefined> {
    const version = fork !== 'electra' && (await this.supports('engine_getPayloadV5')) ? 5 : 4;
    const reply = this.note(await this.engine.getPayload(payloadId, version));
    if (reply.kind === 'answer') return reply.value;
    this.log.warn('the execution client gave no payload', { reply });
    return undefined;
  }

  /** Asks whether the client is there, and who it is. */
  async probe(): Promise<boolean> {
    const reply = this.note(await this.engine.clientVersion());
    if (reply.kind === 'answer') this.clientVersion = reply.value;
    return !this.isOffline;
  }

  private async supports(method: string): Promise<boolean> {
    if (this.capabilities === undefined) {
      const reply = this.note(await this.engine.exchangeCapabilities());
      if (reply.kind !== 'answer') return false;
      this.capabilities = reply.value;
    }
    return this.capabilities.includes(method);
  }

  private async forkchoice(head: BlockSummary, attributes?: PayloadAttributes): Promise<HeadUpdate> {
    const reply = this.note(await this.engine.forkchoiceUpdated(this.forkchoiceState(head), attributes));
    if (reply.kind === 'refused') this.log.warn('the execution client refuses the head', { reply });
    if (reply.kind !== 'answer') return { verdict: 'unknown' };
    const { payloadStatus, payloadId } = reply.value;
    if (payloadStatus.status === 'VALID') {
      this.confirm(head);
      return payloadId === null ? { verdict: 'valid' } : { verdict: 'valid', payloadId };
    }
    // What it confirmed once counts no more: a client that lost its data cannot answer for it.
    this.chain.unconfirmed.add(head.root);
    const isSyncing = payloadStatus.status === 'SYNCING' || payloadStatus.status === 'ACCEPTED';
    return { verdict: isSyncing ? 'unknown' : 'invalid' };
  }

  /** Before finality both checkpoints are zero: a client may refuse one without the other. */
  private forkchoiceState(head: BlockSummary): ForkchoiceState {
    const { tree, finalized, justified } = this.chain;
    const hashOf = (root: string) => tree.get(root)?.executionHash ?? zeroHash;
    const isFinal = finalized.epoch > 0;
    return {
      headBlockHash: head.executionHash,
      safeBlockHash: isFinal ? hashOf(justified.root) : zeroHash,
      finalizedBlockHash: isFinal ? hashOf(finalized.root) : zeroHash,
    };
  }

  /** A valid head makes all its ancestors valid. Between unconfirmed ones there may be some that are not. */
  private confirm(head: BlockSummary): void {
    const { tree, unconfirmed } = this.chain;
    if (unconfirmed.size === 0) return;
    let oldest = head.slot;
    for (const root of unconfirmed) oldest = Math.min(oldest, tree.get(root)?.slot ?? oldest);
    let block = tree.get(head.root);
    while (block !== undefined && block.slot >= oldest) {
      unconfirmed.delete(block.root);
      block = block.slot === 0 ? undefined : tree.get(block.parentRoot);
    }
  }

  /**
   * From the first that the client lacks. When it has them all and still does not know the head, it took some in before
   * it could execute them, as EthereumJS does while it starts, and leaves it at that: from the first of these then.
   */
  private async resendPayloads(): Promise<void> {
    const path = this.canonicalPath();
    const lacking = await firstWithout(path, (block) => this.holds(block));
    const missing = path.slice(
      lacking < path.length ? lacking : await firstWithout(path, (block) => this.executes(block)),
    );
    if (missing.length > 0) this.log.info('the execution client lacks blocks', { count: missing.length });
    for (const summary of missing) {
      const block = await this.chain.block(summary.root);
      if (block === undefined || (await this.newPayload(block)) === 'invalid' || this.isOffline) return;
    }
  }

  private async executes({ root }: BlockSummary): Promise<boolean> {
    const block = await this.chain.block(root);
    return block !== undefined && (await this.newPayload(block)) === 'valid';
  }

  /** Whether the client has this block; no when it does not answer. */
  async holds(block: BlockSummary): Promise<boolean> {
    const reply = this.note(await this.engine.hasBlock(block.executionHash));
    return reply.kind === 'answer' && reply.value;
  }

  private canonicalPath(): BlockSummary[] {
    const path: BlockSummary[] = [];
    const { tree, head } = this.chain;
    for (let slot = 1; slot <= head.slot; slot++) {
      const block = tree.canonicalAt(slot);
      if (block !== undefined) path.push(block);
    }
    return path;
  }

  private note<T>(reply: EngineReply<T>): EngineReply<T> {
    const offline = reply.kind === 'offline';
    if (offline !== this.isOffline) {
      if (offline) this.log.warn('the execution client does not answer', { reason: reply.reason });
      else this.log.info('the execution client answers');
    }
    this.isOffline = offline;
    return reply;
  }
}

/** Where what holds of a beginning of the path ends: halving finds it. */
async function firstWithout(
  path: readonly BlockSummary[],
  isSo: (block: BlockSummary) => Promise<boolean>,
): Promise<number> {
  let low = 0;
  let high = path.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = path[middle];
    if (block !== undefined && (await isSo(block))) low = middle + 1;
    else high = middle;
  }
  return low;
}
