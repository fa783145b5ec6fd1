import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Random } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';

/** The bearer token in this file, 0600; a new one when there is none. Whoever reads it may command the keys. */
export async function readToken(path: string, random: Random): Promise<Secret> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  });
  if (text.trim() !== '') return new Secret(text.trim());
  const token = Buffer.from(random.bytes(32)).toString('hex');
  await writeFileAtomic(path, `${token}\n`);
  return new Secret(token);
}

/** In a time that does not tell how much of it was right. */
export function isToken(token: Secret, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(token.reveal()), digest(given));
}
