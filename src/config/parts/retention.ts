import { z } from 'zod';

export const retentionPart = z
  .strictObject({
    chains: z
      .int()
      .min(0)
      .max(1000)
      .default(1)
      .describe('How many earlier iterations keep their chain data once a new one is live.'),
    releases: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe('How many verified releases are kept, the newest first.'),
  })
  .describe(
    'What is collected once a new iteration is live. Keys, identity and slashing protection never are.',
  );
