import { z } from 'zod';

const provider = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  // The client gets it as an argument, which every user of the machine can read.
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), { error: 'must not hold a user name or password' });

export const checkpointPart = z
  .strictObject({
    off: z
      .boolean()
      .default(false)
      .describe('Begin at genesis always. Otherwise a provider is used that another one confirms.'),
    providers: z
      .array(provider)
      .max(20)
      .default([])
      .describe("Beacon APIs to begin with, asked before the network's own providers."),
  })
  .describe('With what a new consensus database begins.');
