import { keyErrors } from './errors.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** The text of a set's `remote-keys.json`. */
export function remoteKeysText(keys: readonly PublicKey[]): string {
  return `${JSON.stringify({ publicKeys: [...new Set(keys)].sort() }, undefined, 2)}\n`;
}

/** The keys in such a text. What cannot be read is not "no keys": throws EPH-KEYS-REMOTE-LIST. */
export function readRemoteKeys(file: string, text: string): readonly PublicKey[] {
  const keys = publicKeysIn(text).map((key) => (typeof key === 'string' ? readPublicKey(key) : undefined));
  if (keys.includes(undefined)) throw keyErrors.create('EPH-KEYS-REMOTE-LIST', { file });
  return keys as PublicKey[];
}

function publicKeysIn(text: string): readonly unknown[] {
  try {
    const { publicKeys } = JSON.parse(text) as { publicKeys?: unknown };
    return Array.isArray(publicKeys) ? publicKeys : [undefined];
  } catch {
    return [undefined];
  }
}
