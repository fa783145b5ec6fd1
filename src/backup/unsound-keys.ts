import { readFile } from 'node:fs/promises';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import { keyAt } from '../core/backup/difference.ts';
import { keySetPaths, secretFile } from '../core/keys/key-set-paths.ts';
import { parseKeystore } from '../core/keys/parse-keystore.ts';
import type { PublicKey } from '../core/keys/public-key.ts';
import type { GatheredFile } from './gather.ts';

/** A key that a backup has and that could not be restored from it. */
export interface UnsoundKey {
  readonly keySet: string;
  readonly key: PublicKey;
  /** The end of a sentence. */
  readonly reason: string;
}

/** Keys whose keystore is none, or whose password does not lie beside it. None is opened: that is what a drill does. */
export async function unsoundKeys(files: readonly GatheredFile[]): Promise<readonly UnsoundKey[]> {
  const sources = new Map(files.map(({ path, source }) => [path, source]));
  const unsound: UnsoundKey[] = [];
  for (const { path, source } of files) {
    const at = keyAt(path);
    if (at === undefined) continue;
    const secret = sources.get(secretFile(keySetPaths('keys', at.keySet), at.key));
    const reason = (await keystoreProblem(source, at.key)) ?? (await passwordProblem(secret));
    if (reason !== undefined) unsound.push({ ...at, reason });
  }
  return unsound;
}

async function keystoreProblem(file: string, key: PublicKey): Promise<string | undefined> {
  try {
    const { pubkey } = parseKeystore(file, await readFile(file, 'utf8'));
    return pubkey === undefined || pubkey === key ? undefined : `it is the keystore of ${pubkey}`;
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-KEYS-KEYSTORE-INVALID')) return messageOf(thrown);
    return `its keystore is damaged: ${thrown.facts.problem}`;
  }
}

async function passwordProblem(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return 'its password does not lie beside it';
  const password = await readFile(file, 'utf8').catch(messageOf);
  return password === '' ? 'the file of its password is empty' : undefined;
}
