import type { HttpAnswer, HttpClient } from './http.ts';

const mostBytes = 64 * 1024;

/** A small text file of a server, or the status it answered with, or why neither is known. */
export type SmallFile =
  | { readonly text: string }
  | { readonly status: number }
  | { readonly problem: string };

/** Reads a file of at most 64 KiB. A web page, an empty answer or one too long is a problem. Throws EPH-HTTP-*. */
export async function readSmall(http: HttpClient, url: string, signal?: AbortSignal): Promise<SmallFile> {
  const answer = await http.request({ url, ...(signal === undefined ? {} : { signal }) });
  if (answer.status !== 200) {
    answer.discard();
    return { status: answer.status };
  }
  const bytes = await readUpTo(answer);
  if (bytes === undefined) return { problem: 'the answer is too long' };
  const text = bytes.toString('utf8');
  if (text.trim() === '') return { problem: 'the answer is empty' };
  return /^\s*</.test(text) ? { problem: 'a web page instead of a file' } : { text };
}

async function readUpTo(answer: HttpAnswer): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body()) {
    length += chunk.length;
    if (length > mostBytes) {
      answer.discard();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
