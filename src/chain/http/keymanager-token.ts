import { lstat, readFile } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { keymanagerErrors } from './keymanager-errors.ts';

const largestBytes = 4096;

/**
 * The token in this file: a regular file that nobody but its owner can read, with the token as its last line (old
 * files of Prysm have a key in the line before). Throws EPH-KEYMANAGER-TOKEN-FILE.
 */
export async function readKeymanagerToken(path: string): Promise<Secret> {
  const refuse = (problem: string, cause?: unknown) =>
    keymanagerErrors.create('EPH-KEYMANAGER-TOKEN-FILE', { path, problem }, cause);
  const seen = await lstat(path).catch((cause: unknown) => {
    throw refuse(messageOf(cause), cause);
  });
  if (!seen.isFile()) throw refuse('it is no regular file');
  if ((seen.mode & 0o077) !== 0) throw refuse('others than its owner can read it');
  if (seen.size > largestBytes) throw refuse(`it is longer than ${largestBytes} bytes`);
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  const token = lines.at(-1)?.trim() ?? '';
  if (token === '') throw refuse('it is empty');
  // What a header can hold. Source: RFC 6750, b64token, and what clients really write.
  if (lines.length > 2 || !/^[\x21-\x7e]+$/.test(token)) throw refuse('it holds more than a token');
  return new Secret(token);
}
