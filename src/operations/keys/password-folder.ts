import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from '../../keys/source/source-files.ts';

const mostBytes = 4_096;
const mostFiles = 100_000;

/** Passwords that lie elsewhere than the keystores, one a file. Errors of the disk are thrown as they are. */
export async function readPasswordFolder(folder: string): Promise<readonly SourceFile[]> {
  const names = (await readdir(folder)).slice(0, mostFiles).sort();
  const files: SourceFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    // Mounted secrets are links.
    const found = await stat(path).catch(() => undefined);
    // A keystore that lies among them is not what was asked for.
    if (found?.isFile() === true && found.size <= mostBytes && !name.endsWith('.json'))
      files.push({ path: `passwords/${name}`, content: await readFile(path) });
  }
  return files;
}
