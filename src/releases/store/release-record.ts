import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { releaseErrors } from '../errors.ts';

/** The file that says what a held release is; written by us alone, beside what was fetched. */
export const recordFile = 'release.json';

export interface ReleaseRecord {
  readonly version: 1;
  readonly network: string;
  /** For people: which source gave it, and from where there. */
  readonly source: string;
  readonly origin: string;
  readonly fetchedAtMs: number;
  /** All of the bundle but its directory, which is where the record lies. */
  readonly bundle: Omit<ReleaseBundle, 'directory'>;
  readonly files: readonly RecordedFile[];
}

export interface RecordedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads the record of a held release. Throws EPH-RELEASES-FOLDER when there is none that can be used. */
export async function readRecord(folder: string): Promise<ReleaseRecord> {
  const refuse = (problem: string, cause?: unknown) =>
    releaseErrors.create('EPH-RELEASES-FOLDER', { folder, problem }, cause);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(folder, recordFile), 'utf8'));
  } catch (thrown) {
    throw refuse(`its ${recordFile} cannot be read (${messageOf(thrown)})`, thrown);
  }
  if (!isRecord(content)) throw refuse(`its ${recordFile} is of another version or damaged`);
  return content;
}

function isRecord(content: unknown): content is ReleaseRecord {
  const record = content as Partial<ReleaseRecord> | null;
  const bundle = record?.bundle;
  return (
    record?.version === 1 &&
    typeof record.source === 'string' &&
    typeof record.fetchedAtMs === 'number' &&
    Array.isArray(record.files) &&
    typeof bundle?.tag === 'string' &&
    typeof bundle.highestFork === 'string' &&
    typeof bundle.identity?.genesisValidatorsRoot === 'string' &&
    typeof bundle.identity.executionGenesisHash === 'string' &&
    Array.isArray(bundle.enodes) &&
    Array.isArray(bundle.bootstrapEnrs)
  );
}
