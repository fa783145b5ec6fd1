import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeKeySet } from '../support/key-sets.ts';

export type NodeName = 'home' | 'second';
export const nodes: readonly NodeName[] = ['home', 'second'];
export const sets = ['main', 'spare'] as const;
export type SetName = (typeof sets)[number];

/** What may happen to keys, as often and in whatever order. */
export type KeyDeed =
  | { readonly deed: 'import'; readonly source: number; readonly into: SetName }
  | { readonly deed: 'backup' }
  | { readonly deed: 'restore'; readonly replace: boolean }
  | { readonly deed: 'move'; readonly keySet: SetName; readonly to: NodeName }
  | { readonly deed: 'configure'; readonly keySet: SetName; readonly node: NodeName }
  | { readonly deed: 'pass'; readonly epochs: number }
  | { readonly deed: 'stop'; readonly node: NodeName }
  | { readonly deed: 'lose-protection'; readonly node: NodeName }
  | { readonly deed: 'reset' }
  | { readonly deed: 'claim'; readonly keySet: SetName | undefined }
  /** Over the keymanager API of a client: a key that no set has. */
  | { readonly deed: 'give'; readonly node: NodeName }
  /** `cp -a` of the root, and what its supervisor would start. */
  | { readonly deed: 'copy' }
  | { readonly deed: 'both'; readonly first: AtOnce; readonly second: AtOnce };

/** What two commands, or a command and the supervisor, may do at once. */
export type AtOnce = Extract<KeyDeed, { deed: 'import' | 'backup' | 'move' | 'claim' | 'pass' }>;

/** Sources of keys that all lives share: keystores that are quick to open. */
export async function keySources(): Promise<{ folders: readonly string[]; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'key-sources-'));
  for (const at of [0, 1, 2]) await writeKeySet(join(root, `${at}`), 'theirs', [2 * at + 1, 2 * at + 2]);
  // It loads the functions of the disk when it is called first: before any of them dies for a life.
  await cp(join(root, '0'), join(root, 'copy'), { recursive: true });
  const folders = [0, 1, 2].map((at) => join(root, `${at}`, 'keys', 'theirs'));
  return { folders, remove: () => rm(root, { recursive: true, force: true }) };
}
