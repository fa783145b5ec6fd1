import { z } from 'zod';

/** What is read of the Beacon API's answers: numbers come as decimal text, bytes as hex. */
const number = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
const root = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((hex) => hex.toLowerCase());
const pubkey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{96}$/)
  .transform((hex) => hex.toLowerCase() as `0x${string}`);

export const genesisShape = z.object({ data: z.object({ genesis_validators_root: root }) });
export const syncingShape = z.object({ data: z.object({ is_syncing: z.boolean() }) });
export const validatorsShape = z.object({
  data: z.array(z.object({ index: number, status: z.string(), validator: z.object({ pubkey }) })),
});
export const attesterDutiesShape = z.object({
  dependent_root: root,
  data: z.array(
    z.object({
      pubkey,
      validator_index: number,
      committee_index: number,
      committee_length: number,
      committees_at_slot: number,
      slot: number,
    }),
  ),
});
export const proposerDutiesShape = z.object({
  dependent_root: root,
  data: z.array(z.object({ pubkey, validator_index: number, slot: number })),
});
export const syncDutiesShape = z.object({
  data: z.array(
    z.object({ pubkey, validator_index: number, validator_sync_committee_indices: z.array(number) }),
  ),
});
export const blockRootShape = z.object({ data: z.object({ root }) });
export const dataShape = z.object({ data: z.unknown() });
export const headEventShape = z.object({
  slot: number,
  block: root,
  previous_duty_dependent_root: root,
  current_duty_dependent_root: root,
});

export type AttesterDuties = z.infer<typeof attesterDutiesShape>;
export type ProposerDuties = z.infer<typeof proposerDutiesShape>;
export type SyncDuties = z.infer<typeof syncDutiesShape>;
export type HeadEvent = z.infer<typeof headEventShape>;
