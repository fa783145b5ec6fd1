/** What an archive or folder may hold at most. */
export interface ArchiveLimits {
  /** Of everything unpacked, the archive's own headers counted in. */
  readonly unpackedBytes: number;
  readonly fileBytes: number;
  readonly entries: number;
  /** Folders of one path, its name counted in; 8 unless told. */
  readonly depth?: number;
}
