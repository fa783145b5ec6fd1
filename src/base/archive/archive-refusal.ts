/** An archive that is damaged or holds what it must not; the message is the end of a sentence. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal';
}

/** Of the disk or the system, not of the archive: full, not permitted, and the like. */
export function isSystemError(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'syscall' in thrown && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && !['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(code);
}
