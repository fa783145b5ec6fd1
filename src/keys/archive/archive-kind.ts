/** What an archive is, by how it begins, whatever it is called. */
export type ArchiveKind = 'zip' | 'gzip' | 'xz' | 'zstd' | 'tar';

const beginnings: readonly (readonly [ArchiveKind, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];
const tarMarkAt = 257;

/** Undefined when it is none that we read. `start`: the first 512 bytes, or all. */
export function archiveKind(start: Uint8Array): ArchiveKind | undefined {
  const found = beginnings.find(([, bytes]) => bytes.every((byte, at) => start[at] === byte));
  if (found !== undefined) return found[0];
  return Buffer.from(start.subarray(tarMarkAt, tarMarkAt + 5)).toString('latin1') === 'ustar'
    ? 'tar'
    : undefined;
}
