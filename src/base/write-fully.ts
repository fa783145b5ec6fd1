import type { FileHandle } from 'node:fs/promises';

/**
 * Writes all of the bytes, at `position` or where the file stands. A disk that is nearly full takes a part of
 * a write and says so only in its answer; the next one then fails with the system's error.
 */
export async function writeFully(
  file: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
  position?: number,
): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const at = position === undefined ? null : position + written;
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at);
    if (bytesWritten === 0) throw new Error('the disk takes no more');
    written += bytesWritten;
  }
}
