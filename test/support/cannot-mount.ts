import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why no disk of our own can be had here. */
export async function cannotMount(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small disk needs root on Linux';
  const folder = await mkdtemp(join(tmpdir(), 'ephemery-mount-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    await run('umount', [folder]);
    return undefined;
  } catch {
    return 'no disk can be mounted here';
  } finally {
    await rm(folder, { recursive: true });
  }
}
