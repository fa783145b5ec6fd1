import { z } from 'zod';
import { toldUrl } from './forms.ts';

export const checkpointPart = z
  .strictObject({
    off: z
      .boolean()
      .default(false)
      .describe('Begin at genesis always. Otherwise a provider is used that another one confirms.'),
    providers: z
      .array(toldUrl)
      .max(20)
      .default([])
      .describe("Beacon APIs to begin with, asked before the network's own providers."),
  })
  .refine(({ off, providers }) => !off || providers.length === 0, {
    error: 'must be absent: with `off: true` nobody is asked',
    path: ['providers'],
  })
  .describe('With what a new consensus database begins.');
