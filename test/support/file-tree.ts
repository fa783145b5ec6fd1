import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file and folder under a folder, with what would change when it is touched. */
export async function treeOf(folder: string, under = ''): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await readdir(join(folder, under))).toSorted()) {
    const path = join(under, name);
    const seen = await lstat(join(folder, path));
    const content = seen.isFile() ? await readFile(join(folder, path)) : '';
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    found.push(`${path} ${seen.mode.toString(8)} ${seen.mtimeMs} ${digest}`);
    if (seen.isDirectory()) found.push(...(await treeOf(folder, path)));
  }
  return found;
}
