import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { LeftOutFile } from './placed-validators.ts';

/** Files of users that the release which a devnet made last was made without. */
export interface LeftOut {
  readonly iteration: number;
  readonly files: readonly LeftOutFile[];
}

const fileName = 'left-out.json';

/** Notes it in the devnet's folder, where its supervisor looks. */
export function writeLeftOut(folder: string, leftOut: LeftOut): Promise<void> {
  return writeFileAtomic(join(folder, fileName), `${JSON.stringify(leftOut)}\n`);
}

/** Undefined where nothing was noted yet, or what was cannot be read: that says nothing. */
export async function readLeftOut(folder: string): Promise<LeftOut | undefined> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => '');
  try {
    const { iteration, files } = JSON.parse(text) as Partial<LeftOut>;
    if (typeof iteration !== 'number' || !Array.isArray(files)) return undefined;
    return { iteration, files: files.filter(isLeftOutFile) };
  } catch {
    return undefined;
  }
}

function isLeftOutFile(one: unknown): one is LeftOutFile {
  const { file, reason } = (one ?? {}) as Partial<LeftOutFile>;
  return typeof file === 'string' && typeof reason === 'string';
}
