import { z } from 'zod';
import { checkpointPart } from './checkpoint.ts';
import { chainClientPart, validatorPart } from './client.ts';

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
  execution: chainClientPart.describe('The execution client.'),
  consensus: chainClientPart.describe('The consensus client.'),
  validator: validatorPart.optional().describe('The validator client, if it has one.'),
});
