/** What an archive or folder of a release may hold at most. */
export interface ArchiveLimits {
  /** Of everything unpacked, the archive's own headers counted in. */
  readonly unpackedBytes: number;
  readonly fileBytes: number;
  readonly entries: number;
}

/** A release of 30,200 validators has about 25 MB in 20 files. */
export const archiveLimits: ArchiveLimits = {
  unpackedBytes: 512 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  entries: 10_000,
};
