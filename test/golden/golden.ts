import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const casesFolder = fileURLToPath(new URL('./cases/', import.meta.url));

/**
 * The text of a file under test/golden/cases, one file a case, to compare `actual` with.
 * `UPDATE_GOLDEN=1 npm run test:golden` rewrites the files; the change is then reviewed as code is.
 */
export async function golden(name: string, actual: string): Promise<string> {
  const path = join(casesFolder, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, actual);
  }
  return readFile(path, 'utf8').catch(
    () => `test/golden/cases/${name} is missing: UPDATE_GOLDEN=1 writes it`,
  );
}
