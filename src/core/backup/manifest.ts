import { listOf, optional, prose, record, text, whole } from '../node/decode.ts';

/** One file of a backup; `path` is relative to the root that it came from. */
export interface BackupEntry {
  readonly path: string;
  readonly bytes: number;
  /** Hex SHA-256 of the content as it was read. */
  readonly sha256: string;
}

/** How a signer's database is called among stores of protection. */
export const signerStore = 'signer';

/** Slashing protection that could not be had as it was at that moment. */
export interface BehindProtection {
  readonly node: string;
  /** `<gvr8>/<client>-<n>`, or `signer`. */
  readonly store: string;
  /** What was signed after this is not in the backup; absent when nothing is. */
  readonly asOfMs?: number;
  readonly reason: string;
}

/** What a backup holds, written as its last file: an archive without one is incomplete. */
export interface BackupManifest {
  readonly format: 1;
  readonly createdAtMs: number;
  /** The version of the program that wrote it. */
  readonly version: string;
  readonly entries: readonly BackupEntry[];
  /** Absent in those of earlier versions, which do not say. */
  readonly behind?: readonly BehindProtection[];
}

export const manifestName = 'manifest.json';

/** Far more than the keys of any operator; a list beyond it is an attack. */
export const mostBackupEntries = 200_000;

const manifest = record({
  format: whole,
  createdAtMs: whole,
  version: text,
  entries: listOf(record({ path: text, bytes: whole, sha256: text }), mostBackupEntries),
  behind: optional(listOf(record({ node: text, store: text, asOfMs: optional(whole), reason: prose }))),
});

/** Reads a manifest. Throws a DecodeError or TypeError that says what is wrong with it. */
export function parseManifest(json: unknown): BackupManifest {
  const { format, ...rest } = manifest(json);
  if (format !== 1) throw new TypeError(`its format ${format} is not known`);
  return { format, ...rest };
}
