import type { z } from 'zod';
import { type Answer, known, unknown } from '../../base/answer.ts';

/** Parses at the border: a reply of another shape is as good as none. */
export function parseAnswer<T>(answer: Answer<unknown>, schema: z.ZodType<T>): Answer<T> {
  if (!answer.known) return answer;
  const parsed = schema.safeParse(answer.value);
  if (parsed.success) return known(parsed.data);
  const issue = parsed.error.issues[0];
  return unknown(`unexpected reply: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

/** Turns a known value into another; unknown stays as it is. */
export function mapAnswer<A, B>(answer: Answer<A>, map: (value: A) => B): Answer<B> {
  return answer.known ? known(map(answer.value)) : answer;
}
