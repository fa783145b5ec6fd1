import { blockOf } from '../beacon/blocks.ts';
import { epochOf } from '../signing-roots.ts';
import { type DutyParts, hex } from './duty-parts.ts';

/** Proposes the block of this slot when it is ours to. */
export async function propose(parts: DutyParts, slot: number): Promise<void> {
  const { book, roster, signer, roots, blocks, settings, persist, log } = parts;
  const proposer = await persist(() => book.proposerAt(epochOf(slot), slot));
  const key = proposer === undefined ? undefined : roster.keyOf(proposer);
  if (proposer === undefined || key === undefined) return;
  const randaoReveal = signer.sign(key, roots.randao(slot));
  const graffiti = toGraffiti(settings.graffitiOf(key));
  const produced = await persist(() => blocks.produce({ slot, randaoReveal, graffiti }));
  const block = blockOf(produced);
  if (block.slot !== slot || block.proposerIndex !== proposer) {
    log.error('the beacon node made a block for others', { slot, validator: proposer });
    return;
  }
  const root = blocks.rootOf(produced);
  const signature = await signer.signBlock(key, slot, roots.block(slot, root));
  await persist(() => blocks.publish(produced, signature));
  log.info('a block was proposed', { slot, validator: proposer, root: hex(root) });
}

/** 32 bytes, the text first and zeros after it; a character that does not fit whole is left out. */
function toGraffiti(text: string): Uint8Array {
  const bytes = new Uint8Array(32);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}
