import { readlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { vi } from 'vitest';

/**
 * Notes which files and folders are flushed, in order, by their paths at that moment. Where there is no
 * /proc/self/fd nobody can tell them: see `flushesUnseen`.
 */
export async function watchFlushes(): Promise<{ readonly paths: readonly string[]; stop(): void }> {
  const handle = await open('/dev/null', 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const paths: string[] = [];
  const spies = (['sync', 'datasync'] as const).map((name) => {
    const flush = prototype[name];
    return vi.spyOn(prototype, name).mockImplementation(function (this: FileHandle) {
      paths.push(readlinkSync(`/proc/self/fd/${this.fd}`));
      return flush.call(this);
    });
  });
  return { paths, stop: () => spies.forEach((spy) => void spy.mockRestore()) };
}

/** Why flushes cannot be watched here. */
export const flushesUnseen = process.platform === 'linux' ? undefined : 'no /proc/self/fd on this system';
