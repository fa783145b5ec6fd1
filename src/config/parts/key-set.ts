import { z } from 'zod';
import { address } from './forms.ts';

export const keySetPart = z.strictObject({
  feeRecipient: address.optional().describe('The address that gets the priority fees of its proposals.'),
});
