import type { WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * Removes a file that was being written, once nothing of its stream is under way any more: opening goes on although nobody
 * waits for it, and the file would come after it was removed. Rejects with the system's error.
 */
export async function takeBack(out: WriteStream, path: string): Promise<void> {
  // Its own failure is told already.
  out.on('error', () => undefined).destroy();
  if (!out.closed) await new Promise<void>((resolve) => out.once('close', () => resolve()));
  await rm(path, { force: true });
}
