import { z } from 'zod';
import { duration } from './forms.ts';

export const hookPart = z
  .strictObject({
    on: z
      .array(z.enum(['reset.completed', 'reset.live']))
      .min(1)
      .describe('The events it runs on.'),
    nodes: z.array(z.string()).optional().describe('Only for these nodes; all of them when absent.'),
    command: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('A program and its arguments; gets the event as JSON on its standard input.'),
    webhook: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .optional()
      .describe('An address that gets the event as a JSON POST.'),
    timeout: duration.prefault('1m').describe('How long it may take.'),
  })
  .refine((hook) => (hook.command === undefined) !== (hook.webhook === undefined), {
    error: 'must have exactly one of the keys command and webhook',
  })
  .transform(({ timeout, ...rest }) => ({ timeoutMs: timeout, ...rest }));
