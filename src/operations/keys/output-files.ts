import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HostFacts } from '../services.ts';
import { keyUseErrors } from './errors.ts';

/** The absolute path of something to be written, which must not be there yet. Throws EPH-KEYS-OUTPUT-EXISTS. */
export async function newPath(host: HostFacts, given: string): Promise<string> {
  const path = resolve(host.workingDirectory, given);
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined) throw keyUseErrors.create('EPH-KEYS-OUTPUT-EXISTS', { path });
  return path;
}
