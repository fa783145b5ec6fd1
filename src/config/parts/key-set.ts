import { z } from 'zod';
import { address } from './shared.ts';

export const keySetPart = z.strictObject({
  feeRecipient: address.optional().describe('The address that gets the priority fees of its proposals.'),
});
