import { lstat, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { HostFacts } from '../services.ts';
import { keyUseErrors } from './errors.ts';

/** Where a secret is; never the secret itself, which a command line would show to everybody on the host. */
export interface SecretPlace {
  readonly file?: string | undefined;
  /** Name of an environment variable. */
  readonly env?: string | undefined;
}

const mostBytes = 64 * 1024;

/** The secret, without the line break at its end; undefined when no place was named. Throws EPH-KEYS-SECRET-UNREADABLE. */
export async function readSecret(host: HostFacts, { file, env }: SecretPlace): Promise<Secret | undefined> {
  if (file !== undefined) return readSecretFile(resolve(host.workingDirectory, file));
  if (env === undefined) return undefined;
  const value = host.env[env];
  if (value === undefined || value === '') throw unreadable(`the variable ${env}`, 'it is not set');
  return new Secret(value);
}

async function readSecretFile(path: string): Promise<Secret> {
  let text: string;
  try {
    if ((await lstat(path)).size > mostBytes) throw new RangeError('it is too large for a secret');
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, messageOf(cause));
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw unreadable(path, 'it is empty');
  return new Secret(secret);
}

function unreadable(source: string, problem: string): Error {
  return keyUseErrors.create('EPH-KEYS-SECRET-UNREADABLE', { source, problem });
}
