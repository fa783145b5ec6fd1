import { z } from 'zod';
import { checkpointPart } from './checkpoint.ts';
import { chainClientPart, consensusPart, signerPart, validatorPart } from './client.ts';

export const nodePart = z.strictObject({
  network: z
    .string()
    .describe('The network it belongs to: ephemery, devnet, or one declared under networks.'),
  host: z.literal('local').default('local').describe('Where it runs. Reserved; only local in this version.'),
  runtime: z
    .enum(['process', 'container', 'external'])
    .default('process')
    .describe(
      'How its programs are run: as processes of this machine, as containers, or by somebody else (external: only observed).',
    ),
  checkpoint: checkpointPart.optional(),
  externalAddress: z
    .ipv4({ error: 'must be an IPv4 address' })
    .optional()
    .describe('The address under which peers reach this host; clients find out by themselves when absent.'),
  execution: chainClientPart.describe('The execution client.'),
  consensus: consensusPart.describe('The consensus client.'),
  validator: validatorPart.optional().describe('The validator client, if it has one.'),
  signer: signerPart
    .optional()
    .describe(
      'A remote signer of the node itself: it holds the keys of the key sets, and the validator client asks it for every signature.',
    ),
});
