import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';

/** Which engine has the containers of a root. */
export interface EngineRecord {
  readonly socket: string;
  readonly product: string;
  /** Where the engine keeps containers: two engines of one product differ in it. */
  readonly store: string;
}

/** Undefined when nothing was started yet. Throws what the disk throws, and SyntaxError on a damaged file. */
export async function readEngineRecord(path: string): Promise<EngineRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as EngineRecord;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

export async function writeEngineRecord(path: string, record: EngineRecord): Promise<void> {
  await ensureFolder(dirname(path));
  await writeFileAtomic(path, `${JSON.stringify(record)}\n`);
}
