import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder, joinInside, writeFileAtomic } from '../../base/atomic-files.ts';
import type { ClientFile } from '../../core/clients/client.ts';

/**
 * Writes a client's own files into its data directory, and only those that are not there with the same content.
 * Throws a plain Error when a path leads out of its folder: that is a defect of the client's entry.
 */
export async function placeClientFiles(
  data: string,
  files: readonly ClientFile[],
  bundle: string,
): Promise<void> {
  for (const file of files) {
    const path = inside(data, file.path);
    const content = await contentOf(file, bundle);
    const there = await readFile(path).catch(() => undefined);
    if (there !== undefined && content.equals(there)) continue;
    await ensureFolder(dirname(path));
    await writeFileAtomic(path, content);
  }
}

async function contentOf(file: ClientFile, bundle: string): Promise<Buffer> {
  if ('content' in file) return Buffer.from(file.content);
  const bytes = await firstOf(file.from.map((path) => inside(bundle, path)));
  return file.derive === undefined ? bytes : Buffer.from(file.derive(bytes.toString('utf8')));
}

async function firstOf([path, ...others]: readonly string[]): Promise<Buffer> {
  if (path === undefined) throw new Error('a file of a client is made from nothing');
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && others.length > 0) return firstOf(others);
    throw cause;
  }
}

/** A path of a client's own, within one of its folders. Throws a plain Error when it leads out of it. */
export function inside(folder: string, relative: string): string {
  const path = joinInside(folder, relative);
  if (path === undefined)
    throw new Error(`a client's file ${JSON.stringify(relative)} leads out of ${folder}`);
  return path;
}
