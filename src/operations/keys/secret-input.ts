import { readFile, stat } from 'node:fs/promises';
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

/** A file with a secret that others on the host can read. It is taken all the same: mounted secrets are often so. */
export interface OpenSecret {
  readonly file: string;
  readonly message: string;
  readonly remedy: string;
}

const mostBytes = 64 * 1024;

/**
 * The secret, without the line break at its end; undefined when no place was named. `onOpen` is told when its file is no
 * secret to others. Throws EPH-KEYS-SECRET-UNREADABLE.
 */
export async function readSecret(
  host: HostFacts,
  { file, env }: SecretPlace,
  onOpen: (open: OpenSecret) => void,
): Promise<Secret | undefined> {
  if (file !== undefined) return readSecretFile(resolve(host.workingDirectory, file), onOpen);
  if (env === undefined) return undefined;
  const value = host.env[env];
  if (value === undefined || value === '') throw unreadable(`the variable ${env}`, 'it is not set');
  return new Secret(value);
}

async function readSecretFile(path: string, onOpen: (open: OpenSecret) => void): Promise<Secret> {
  let text: string;
  try {
    const seen = await stat(path);
    if (seen.size > mostBytes) throw new RangeError('it is too large for a secret');
    text = await readFile(path, 'utf8');
    if (seen.isFile() && (seen.mode & 0o077) !== 0) onOpen(openSecret(path, seen));
  } catch (cause) {
    throw unreadable(path, messageOf(cause));
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw unreadable(path, 'it is empty');
  return new Secret(secret);
}

function openSecret(
  file: string,
  { mode, uid }: { readonly mode: number; readonly uid: number },
): OpenSecret {
  const isOurs = uid === process.getuid?.();
  return {
    file,
    message: `Others on this host may read ${file} (its mode is ${(mode & 0o777).toString(8).padStart(4, '0')}), and there is a secret in it.`,
    remedy: isOurs ? `chmod 600 ${file}` : 'Have its owner make it readable for you alone.',
  };
}

function unreadable(source: string, problem: string): Error {
  return keyUseErrors.create('EPH-KEYS-SECRET-UNREADABLE', { source, problem });
}
