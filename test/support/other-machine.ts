import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Why a process here cannot be shown another machine id; undefined where it can. */
export async function noOtherMachine(): Promise<string | undefined> {
  const bind = 'mount --bind /proc/version /etc/machine-id';
  return promisify(execFile)('unshare', ['-m', 'sh', '-c', bind]).then(
    () => undefined,
    () => 'it may not make mount namespaces (unshare -m), as only root may, or has no /etc/machine-id',
  );
}

/** What a command is given to, so that `/etc/machine-id` says to it, and to all that it starts, that it is on another machine. */
export async function onOtherMachine(folder: string): Promise<readonly string[]> {
  const id = join(folder, 'machine-id');
  await writeFile(id, `${'5'.repeat(32)}\n`);
  return ['unshare', '-m', 'sh', '-c', 'mount --bind "$1" /etc/machine-id; shift; exec "$@"', 'sh', id];
}
