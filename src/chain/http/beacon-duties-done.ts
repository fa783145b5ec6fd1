import { z } from 'zod';
import type { BeaconApi } from '../beacon.ts';
import type { Get } from './beacon-validators.ts';
import { mapAnswer } from './parse-answer.ts';

const uint = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);
const header = z.object({
  data: z.object({ header: z.object({ message: z.object({ proposer_index: uint }) }) }),
});
const blockRoot = z.object({ data: z.object({ root: z.string().regex(/^0x[0-9a-fA-F]{64}$/) }) });
const committee = z.object({ data: z.object({ validators: z.array(uint) }) });
const block = z.object({
  data: z.object({
    message: z.object({
      body: z.object({
        sync_aggregate: z.object({ sync_committee_bits: z.string().regex(/^0x(?:[0-9a-fA-F]{2})+$/) }),
      }),
    }),
  }),
});

/** What the chain tells of duties that were done. Source of the routes: ethereum/beacon-APIs. */
export function doneDuties(
  get: Get,
): Pick<BeaconApi, 'blockRoot' | 'proposerOf' | 'syncCommittee' | 'syncBits'> {
  return {
    blockRoot: async (slot) =>
      mapAnswer(await get(`/eth/v1/beacon/blocks/${slot}/root`, blockRoot), ({ data }) =>
        data.root.toLowerCase(),
      ),
    proposerOf: async (slot) =>
      mapAnswer(
        await get(`/eth/v1/beacon/headers/${slot}`, header),
        ({ data }) => data.header.message.proposer_index,
      ),
    syncCommittee: async (epoch) =>
      mapAnswer(
        await get(`/eth/v1/beacon/states/head/sync_committees?epoch=${epoch}`, committee),
        ({ data }) => data.validators,
      ),
    syncBits: async (slot) =>
      mapAnswer(await get(`/eth/v2/beacon/blocks/${slot}`, block), ({ data }) =>
        bitsOf(data.message.body.sync_aggregate.sync_committee_bits),
      ),
  };
}

/** An SSZ bit vector: the lowest bit of a byte comes first. */
function bitsOf(hex: string): readonly boolean[] {
  return [...Buffer.from(hex.slice(2), 'hex')].flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) === 1),
  );
}
