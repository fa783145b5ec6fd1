import { statSync } from 'node:fs';
import { messageOf } from '../../base/errors.ts';
import { rootErrors } from './errors.ts';

/** A root that is a file, or lies in one, is of no use to any command. Throws EPH-ROOT-UNUSABLE; otherwise it gives the root. */
export function refuseFile(root: string): string {
  const refused = (reason: string, cause?: unknown) =>
    rootErrors.create('EPH-ROOT-UNUSABLE', { root, reason }, cause);
  try {
    if (!statSync(root).isFile()) return root;
  } catch (cause) {
    // One that is not there yet is made, and what may not be looked at is told by whoever needs it.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOTDIR') return root;
    throw refused(messageOf(cause), cause);
  }
  throw refused('it is a file');
}
