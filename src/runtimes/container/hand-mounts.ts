import { lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../../core/clients/units.ts';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Gives the mounts of a unit, and what lies directly in those that it writes to, to the user that it runs as, where that is not
 * our own: what it made itself is its own already.
 */
export async function handMountsTo(
  user: User,
  { mounts, from }: { readonly mounts: readonly Mount[]; readonly from: User },
): Promise<void> {
  if (user.uid === from.uid) return;
  for (const { hostPath, writable } of mounts) {
    const inside = writable ? await readdir(hostPath) : [];
    for (const path of [hostPath, ...inside.map((name) => join(hostPath, name))])
      await lchown(path, user.uid, user.gid);
  }
}
