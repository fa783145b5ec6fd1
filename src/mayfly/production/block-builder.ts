import { fromHex } from '@lodestar/utils';
import type { Chain } from '../chain/chain.ts';
import { applyBlock, blockTypes } from '../chain/transition.ts';
import { mayflyErrors } from '../errors.ts';
import type { ExecutionDriver } from '../execution/execution-driver.ts';
import { decodeBuiltPayload, type PayloadForBlock } from '../execution/payload-codec.ts';
import type { Pools } from '../pools/pools.ts';
import type { Block, BlockBody, BlockSummary, ChainState, RootHex } from '../types.ts';
import { packAttestations } from './attestation-packing.ts';
import { announceAttributes } from './attributes-event.ts';
import { noFeeRecipient, payloadAttributes } from './payload-attributes.ts';

export interface BlockRequest {
  readonly slot: number;
  readonly randaoReveal: Uint8Array;
  /** 32 bytes. */
  readonly graffiti: Uint8Array;
  /** The head, unless told. */
  readonly parentRoot?: RootHex;
}

export interface BuiltBlock {
  readonly block: Block;
  /** What the payload pays its fee recipient. */
  readonly executionValueWei: bigint;
  /** What including operations pays the proposer. */
  readonly consensusValueGwei: bigint;
}

interface Prepared {
  readonly slot: number;
  readonly parentRoot: RootHex;
  readonly feeRecipient: string;
  readonly payloadId: string;
  payload?: Promise<PayloadForBlock | undefined>;
}

/** Makes unsigned blocks on the head, for our own proposers and for validator clients alike. */
export class BlockBuilder {
  /** Fee recipients by validator index, as validator clients register them. */
  readonly feeRecipients = new Map<number, string>();
  private readonly chain: Chain;
  private readonly execution: ExecutionDriver;
  private readonly pools: Pools;
  private readonly defaultFeeRecipient: string;
  private prepared: Prepared | undefined;

  constructor(init: { chain: Chain; execution: ExecutionDriver; pools: Pools; feeRecipient?: string }) {
    this.chain = init.chain;
    this.execution = init.execution;
    this.pools = init.pools;
    this.defaultFeeRecipient = init.feeRecipient ?? noFeeRecipient;
  }

  /**
   * Tells the execution client the head and lets it begin a payload for this slot: the one forkchoice call of a
   * slot. False when it cannot build, because it does not answer or lacks blocks.
   */
  async prepare(slot: number, parentRoot = this.chain.head.root): Promise<boolean> {
    const state = await this.preState(parentRoot, slot);
    const feeRecipient = this.feeRecipientOf(state.epochCtx.getBeaconProposer(slot));
    const attributes = payloadAttributes(state, parentRoot, feeRecipient);
    announceAttributes(this.chain, state, attributes);
    const { payloadId } = await this.execution.updateHead(this.summaryOf(parentRoot), attributes);
    this.prepared = payloadId === undefined ? undefined : { slot, parentRoot, feeRecipient, payloadId };
    return this.prepared !== undefined;
  }

  /**
   * Tells the execution client the head. A payload is begun only when the proposer of this slot is one that a
   * validator client has announced: building for others would be work for nothing.
   */
  async followHead(nextSlot: number): Promise<void> {
    const state = await this.preState(this.chain.head.root, nextSlot);
    if (this.feeRecipients.has(state.epochCtx.getBeaconProposer(nextSlot))) await this.prepare(nextSlot);
    else await this.execution.updateHead(this.chain.head);
  }

  /** An unsigned block on the head with its state root. Undefined when the execution client has no payload for it. */
  async build(request: BlockRequest): Promise<BuiltBlock | undefined> {
    const { parentRoot = this.chain.head.root } = request;
    const state = await this.preState(parentRoot, request.slot);
    const payload = await this.payloadFor(request.slot, parentRoot, state);
    return payload === undefined ? undefined : this.assemble({ ...request, parentRoot }, state, payload);
  }

  /** A client that was restarted has forgotten what it began, so a failure is tried once more from the start. */
  private async payloadFor(slot: number, parentRoot: RootHex, state: ChainState) {
    const feeRecipient = this.feeRecipientOf(state.epochCtx.getBeaconProposer(slot));
    const begun = this.prepared;
    const isFit =
      begun?.slot === slot && begun.parentRoot === parentRoot && begun.feeRecipient === feeRecipient;
    const payload = isFit ? await this.takePayload(begun) : undefined;
    if (payload !== undefined) return payload;
    await this.prepare(slot, parentRoot);
    return this.prepared === undefined ? undefined : this.takePayload(this.prepared);
  }

  /** Asked once per id and kept: a second answer for the same id can lack the requests. */
  private takePayload(prepared: Prepared): Promise<PayloadForBlock | undefined> {
    prepared.payload ??= this.fetchPayload(prepared.payloadId, prepared.slot);
    return prepared.payload;
  }

  private async fetchPayload(payloadId: string, slot: number): Promise<PayloadForBlock | undefined> {
    const built = await this.execution.getPayload(payloadId, this.chain.config.getForkName(slot));
    return built === undefined ? undefined : decodeBuiltPayload(built);
  }

  private assemble(request: Required<BlockRequest>, state: ChainState, built: PayloadForBlock): BuiltBlock {
    const block: Block = {
      slot: request.slot,
      proposerIndex: state.epochCtx.getBeaconProposer(request.slot),
      parentRoot: fromHex(request.parentRoot),
      stateRoot: new Uint8Array(32),
      body: this.bodyFor(request, state, built),
    };
    const draft = applyBlock(state, { message: block, signature: new Uint8Array(96) }, 'nothing');
    block.stateRoot = draft.hashTreeRoot();
    const { attestations, syncAggregate, slashing } = draft.proposerRewards;
    return {
      block,
      executionValueWei: built.valueWei,
      consensusValueGwei: BigInt(Math.round(attestations + syncAggregate + slashing)),
    };
  }

  private bodyFor(request: Required<BlockRequest>, state: ChainState, built: PayloadForBlock): BlockBody {
    return {
      ...blockTypes(this.chain.config, request.slot).BeaconBlockBody.defaultValue(),
      ...this.pools.operations.forBlock(state),
      randaoReveal: request.randaoReveal,
      eth1Data: state.eth1Data.toValue(),
      graffiti: request.graffiti,
      attestations: packAttestations(state, this.pools.attestations.groups()),
      syncAggregate: this.pools.syncCommittee.aggregate(request.slot - 1, request.parentRoot),
      executionPayload: built.payload,
      executionRequests: built.requests,
      blobKzgCommitments: built.blobCommitments,
    };
  }

  private summaryOf(root: RootHex): BlockSummary {
    const summary = this.chain.tree.get(root);
    if (summary === undefined) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root });
    return summary;
  }

  private async preState(parentRoot: RootHex, slot: number): Promise<ChainState> {
    const state = await this.chain.stateAhead(parentRoot, slot);
    if (state === undefined) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root: parentRoot });
    return state;
  }

  private feeRecipientOf(proposerIndex: number): string {
    return this.feeRecipients.get(proposerIndex) ?? this.defaultFeeRecipient;
  }
}
