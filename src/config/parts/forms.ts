import { z } from 'zod';
import { durationForm, parseDuration } from '../../base/duration.ts';

/** How the reference calls what is a string to zod alone. */
export function form(form: string): { readonly form: string } {
  return { form };
}

/** Names become folder names, unit names and labels, so they are short and plain. */
export const namePattern = /^[a-z][a-z0-9-]{0,30}$/;

export const name = z.string().regex(namePattern, {
  error: 'must be 1 to 31 lower-case letters, digits and dashes, beginning with a letter',
});

export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, {
    error: 'must be an address: 0x and 40 hex digits',
  })
  .meta(form('hex, 20 bytes: 0x and 40 digits'));

const mostGraffitiBytes = 32;

/** What a proposer writes into a block. */
export const graffiti = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= mostGraffitiBytes, {
    error: 'must fit into 32 bytes of UTF-8',
  })
  .meta(form('text, at most 32 bytes'));

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

/** The address of a service that a client gets as an argument, which every user of the machine can read. */
export const toldUrl = httpUrl.refine((url) => !hasCredentials(url), {
  error: 'must not hold a user name or password',
});

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** A duration as people write it; milliseconds once parsed. */
export const duration = z
  .string()
  .transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== undefined) return durationMs;
    context.addIssue({ code: 'custom', message: `must be a duration: ${durationForm}` });
    return z.NEVER;
  })
  .meta(form('duration, e.g. 30s'));

/** A path in the file; relative ones are relative to the file's folder. */
export const path = z.string().min(1, { error: 'must not be empty' }).max(4096).meta(form('path'));
