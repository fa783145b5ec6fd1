import type { BeaconConfig } from '@lodestar/config';
import type { ForkName } from '@lodestar/params';
import type { BeaconBlock, BlindedBeaconBlock, BlockContents } from '@lodestar/types';
import type { BeaconHttp } from './beacon-http.ts';

export interface BlockWish {
  readonly slot: number;
  readonly randaoReveal: Uint8Array;
  /** 32 bytes. */
  readonly graffiti: Uint8Array;
}

/** An unsigned block, with what is published beside it. */
export type ProducedBlock =
  | { readonly kind: 'full'; readonly contents: BlockContents<ForkName.electra> }
  | { readonly kind: 'blinded'; readonly block: BlindedBeaconBlock<ForkName.electra> };

const produceTimeoutMs = 8_000;
const sszFirst = 'application/octet-stream;q=1,application/json;q=0.9';

/** Block production and publication, SSZ where the node speaks it. Source: Beacon API, produceBlockV3, publishBlockV2. */
export class BeaconBlocks {
  private readonly http: BeaconHttp;
  private readonly config: BeaconConfig;

  constructor(http: BeaconHttp, config: BeaconConfig) {
    this.http = http;
    this.config = config;
  }

  async produce({ slot, randaoReveal, graffiti }: BlockWish): Promise<ProducedBlock> {
    const query = `randao_reveal=${hex(randaoReveal)}&graffiti=${hex(graffiti)}`;
    const reply = await this.http.call(`/eth/v3/validator/blocks/${slot}?${query}`, {
      headers: { accept: sszFirst },
      timeoutMs: produceTimeoutMs,
    });
    const isSsz = reply.header('content-type')?.startsWith('application/octet-stream') === true;
    const { BlockContents, BlindedBeaconBlock } = this.types(slot);
    const json = () => (JSON.parse(reply.bytes.toString('utf8')) as { data: unknown }).data;
    if (reply.header('eth-execution-payload-blinded') === 'true') {
      const block = isSsz ? BlindedBeaconBlock.deserialize(reply.bytes) : BlindedBeaconBlock.fromJson(json());
      return { kind: 'blinded', block };
    }
    return {
      kind: 'full',
      contents: isSsz ? BlockContents.deserialize(reply.bytes) : BlockContents.fromJson(json()),
    };
  }

  /** The root that is signed; a blinded block has that of the full one. */
  rootOf(produced: ProducedBlock): Uint8Array {
    const block = blockOf(produced);
    const { BeaconBlock, BlindedBeaconBlock } = this.types(block.slot);
    return produced.kind === 'full'
      ? BeaconBlock.hashTreeRoot(block as BeaconBlock<ForkName.electra>)
      : BlindedBeaconBlock.hashTreeRoot(produced.block);
  }

  async publish(produced: ProducedBlock, signature: Uint8Array): Promise<void> {
    const { slot } = blockOf(produced);
    const isFull = produced.kind === 'full';
    await this.http.call(`/eth/v2/beacon/${isFull ? 'blocks' : 'blinded_blocks'}`, {
      method: 'POST',
      bytes: this.serialize(produced, signature),
      headers: { 'eth-consensus-version': this.config.getForkName(slot) },
      timeoutMs: produceTimeoutMs,
    });
  }

  private serialize(produced: ProducedBlock, signature: Uint8Array): Uint8Array {
    const { SignedBlockContents, SignedBlindedBeaconBlock } = this.types(blockOf(produced).slot);
    if (produced.kind === 'blinded') {
      return SignedBlindedBeaconBlock.serialize({ message: produced.block, signature });
    }
    const { block, ...beside } = produced.contents;
    return SignedBlockContents.serialize({ signedBlock: { message: block, signature }, ...beside });
  }

  private types(slot: number) {
    return this.config.getForkTypes<ForkName.electra>(slot);
  }
}

export function blockOf(produced: ProducedBlock): { readonly slot: number; readonly proposerIndex: number } {
  return produced.kind === 'full' ? produced.contents.block : produced.block;
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
