import { listOf, record, text, whole } from '../node/decode.ts';

/** One file of a backup; `path` is relative to the root that it came from. */
export interface BackupEntry {
  readonly path: string;
  readonly bytes: number;
  /** Hex SHA-256 of the content as it was read. */
  readonly sha256: string;
}

/** What a backup holds, written as its last file: an archive without one is incomplete. */
export interface BackupManifest {
  readonly format: 1;
  readonly createdAtMs: number;
  /** The version of the program that wrote it. */
  readonly version: string;
  readonly entries: readonly BackupEntry[];
}

export const manifestName = 'manifest.json';

/** Far more than the keys of any operator; a list beyond it is an attack. */
export const mostBackupEntries = 200_000;

const manifest = record({
  format: whole,
  createdAtMs: whole,
  version: text,
  entries: listOf(record({ path: text, bytes: whole, sha256: text }), mostBackupEntries),
});

/** Reads a manifest. Throws a DecodeError or TypeError that says what is wrong with it. */
export function parseManifest(json: unknown): BackupManifest {
  const { format, ...rest } = manifest(json);
  if (format !== 1) throw new TypeError(`its format ${format} is not known`);
  return { format, ...rest };
}
