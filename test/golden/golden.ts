import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const casesFolder = fileURLToPath(new URL('./cases/', import.meta.url));

/**
 * Compares text with the file of that name under test/golden/cases, one file a case.
 * `UPDATE_GOLDEN=1 npm run test:golden` rewrites the files; the change is then reviewed as code is.
 */
export async function matchGolden(name: string, text: string): Promise<void> {
  const path = join(casesFolder, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return;
  }
  const golden = await readFile(path, 'utf8').catch(() => undefined);
  expect(golden, `${name} does not exist; UPDATE_GOLDEN=1 writes it`).toBeDefined();
  expect(text, `${name} differs; UPDATE_GOLDEN=1 rewrites it`).toBe(golden);
}
