import { z } from 'zod';
import { address, graffiti } from './forms.ts';

export const keySetPart = z.strictObject({
  feeRecipient: address.optional().describe('The address that gets the priority fees of its proposals.'),
  gasLimit: z
    .int()
    .min(21_000)
    .max(1_000_000_000_000)
    .optional()
    .describe('The gas limit that its keys ask of external block builders.'),
  graffiti: graffiti
    .optional()
    .describe("What its proposals bear, instead of the validator client's graffiti; up to 32 bytes."),
});
