/** A place that backups are kept in. Every call throws EPH-BACKUP-TARGET when the place does not do it. */
export interface BackupTarget {
  /** For people, without secrets. */
  readonly name: string;
  /** Puts a file there under a name; it is there whole or not at all. */
  put(file: string, name: string, signal?: AbortSignal): Promise<void>;
  /** The names of all files there, ours and others'. */
  list(signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes the file of that name to `into`, 0600. Throws EPH-BACKUP-NONE. */
  fetch(name: string, into: string, signal?: AbortSignal): Promise<void>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
}
