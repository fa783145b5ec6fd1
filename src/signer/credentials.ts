import { lstat, readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { signerErrors } from './errors.ts';

export interface DatabaseCredentials {
  readonly username: string;
  readonly password: Secret;
}

const largestBytes = 4096;

/** User and password, a line each, in a file that only its owner can read. Throws EPH-SIGNER-CREDENTIALS. */
export async function readCredentials(file: string): Promise<DatabaseCredentials> {
  const refuse = (problem: string, cause?: unknown) =>
    signerErrors.create('EPH-SIGNER-CREDENTIALS', { file, problem }, cause);
  const seen = await lstat(file).catch((cause: unknown) => {
    throw refuse(messageOf(cause), cause);
  });
  if (!seen.isFile()) throw refuse('it is no regular file');
  if ((seen.mode & 0o077) !== 0) throw refuse('others than its owner can read it');
  if (seen.size > largestBytes) throw refuse(`it is longer than ${largestBytes} bytes`);
  const [username = '', password = '', ...more] = (await readFile(file, 'utf8')).split(/\r?\n/);
  if (username === '' || password === '') throw refuse('it has not two lines');
  if (more.some((line) => line !== '')) throw refuse('it has more than two lines');
  return { username, password: new Secret(password) };
}
