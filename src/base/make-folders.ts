import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; gives the first that it made. Node's own recursion never ends
 * where a folder that is there refuses a new one with ENOENT, as /proc does. Throws what the system says.
 */
export async function makeFolders(path: string, mode = 0o777): Promise<string | undefined> {
  const refused = await makeFolder(path, mode);
  if (refused === undefined) return path;
  const parent = dirname(path);
  if (refused.code !== 'ENOENT' || parent === path) {
    if (await isFolder(path)) return undefined;
    throw refused;
  }
  const first = await makeFolders(parent, mode);
  const again = await makeFolder(path, mode);
  // Somebody else may have made it meanwhile.
  if (again !== undefined && !(await isFolder(path))) throw again;
  return first ?? (again === undefined ? path : undefined);
}

function makeFolder(path: string, mode: number): Promise<NodeJS.ErrnoException | undefined> {
  return mkdir(path, { mode }).then(
    () => undefined,
    (refused: NodeJS.ErrnoException) => refused,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
