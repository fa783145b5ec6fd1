import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HostFacts } from '../services.ts';
import { keyUseErrors } from './errors.ts';

/** The absolute path of something to be written, which must not be there yet. Throws EPH-KEYS-OUTPUT-EXISTS. */
export async function newPath(host: HostFacts, given: string): Promise<string> {
  const path = resolve(host.workingDirectory, given);
  if (await isThere(path).catch(() => false)) throw keyUseErrors.create('EPH-KEYS-OUTPUT-EXISTS', { path });
  return path;
}

/** Throws the system's error when that cannot be told. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return false;
    },
  );
}
