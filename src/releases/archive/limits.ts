import type { ArchiveLimits } from '../../base/archive/limits.ts';

/** A release of 30,200 validators has about 25 MB in 20 files. */
export const archiveLimits: ArchiveLimits = {
  unpackedBytes: 512 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  entries: 10_000,
};
