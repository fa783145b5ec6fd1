import { z } from 'zod';
import { namePattern } from '../../config/parts/forms.ts';
import { recoveryKinds } from '../../core/sync/recovery.ts';

const nodeName = z.string().regex(namePattern);
/** Query strings carry texts. */
const yes = z.enum(['true', 'false']).transform((text) => text === 'true');
const count = z.coerce.number().int().min(0);

export const nothing = z.object({});

export const planRequest = z.object({
  node: nodeName.optional().describe('Only this node.'),
  force: yes.optional().describe('As if a reset of the current iteration were asked for.'),
});

export const eventsRequest = z.object({
  since: count.optional().describe('Begin after this sequence number, as far as it is still kept.'),
});

export const logsRequest = z.object({
  node: nodeName.optional().describe('Only this node, or this local network.'),
  layer: z
    .enum(['execution', 'consensus', 'validator', 'signer', 'database', 'service', 'hook'])
    .optional()
    .describe(
      'Only this client; service: the program that runs a local network; hook: what hooks of the node said.',
    ),
  tail: count.max(100_000).optional().describe('How many of the last lines come first.'),
  follow: yes.optional().describe('Go on with new lines.'),
});

export const resetRequest = z.object({
  node: nodeName.optional().describe('Only this node.'),
  force: z.boolean().default(false).describe('Start the current iteration again, in a new directory.'),
});

export const nodesRequest = z.object({ node: nodeName.optional().describe('Only this node.') });

export const consentRequest = z.object({
  node: nodeName.optional().describe('Only this node.'),
  consent: z.enum(['older-iteration', 'changed-identity', 'changed-schedule', 'fewer-keys']),
  subject: z.string().min(1).max(200).describe('What the finding names.'),
});

export const recoverRequest = z.object({
  node: nodeName.describe('Which node.'),
  layer: z.enum(['execution', 'consensus']).describe('Which client of it.'),
  kind: z.enum(recoveryKinds).describe('What to do; the harm grows in this order.'),
  consent: z.boolean().default(false).describe('That data may be fetched anew; needed for all but restart.'),
});

export type RecoverRequest = z.output<typeof recoverRequest>;
export type PlanRequest = z.output<typeof planRequest>;
export type EventsRequest = z.output<typeof eventsRequest>;
export type LogsRequest = z.output<typeof logsRequest>;
export type ResetRequest = z.output<typeof resetRequest>;
export type NodesRequest = z.output<typeof nodesRequest>;
export type ConsentRequest = z.output<typeof consentRequest>;
