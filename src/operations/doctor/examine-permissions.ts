import { access, constants, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** The root is ours and writable, and keys and secrets are nobody else's to read. */
export async function examinePermissions(paths: RootPaths): Promise<readonly Finding[]> {
  const isThere = await lstat(paths.root).then(
    () => true,
    () => false,
  );
  if (!isThere) return [];
  const places = [paths.root, paths.run, ...(await privatePlaces(paths))];
  const findings = await Promise.all(places.map(examinePlace));
  return [...(await examineWriting(paths.root)), ...findings.flat()];
}

async function privatePlaces({ keys, nodes }: RootPaths): Promise<readonly string[]> {
  const nodeNames = await readdir(nodes).catch(() => []);
  const folders = [
    keys,
    ...nodeNames.flatMap((name) => [join(nodes, name, 'secrets'), join(nodes, name, 'identity')]),
  ];
  const inside = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      return [folder, ...names.map((name) => join(folder, name))];
    }),
  );
  return inside.flat();
}

async function examinePlace(path: string): Promise<readonly Finding[]> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return [];
  const user = process.getuid?.() ?? facts.uid;
  const isOpen = (facts.mode & 0o077) !== 0 && !facts.isSymbolicLink();
  const mode = (facts.mode & 0o777).toString(8);
  return [
    ...(isOpen ? [hostFindings.create('EPH-HOST-ROOT-OPEN', { path, mode })] : []),
    ...(facts.uid === user
      ? []
      : [hostFindings.create('EPH-HOST-ROOT-OWNER', { path, owner: facts.uid, user })]),
  ];
}

async function examineWriting(path: string): Promise<readonly Finding[]> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return [];
  } catch (cause) {
    return [hostFindings.create('EPH-HOST-ROOT-READ-ONLY', { path, reason: messageOf(cause) })];
  }
}
