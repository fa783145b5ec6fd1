import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSha256 } from '../../base/file-sha256.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import type { ObtainProgress } from '../release-library.ts';
import type { ReleaseSource } from '../release-source.ts';
import { type FreeBytes, freeBytesOf, withIncoming } from './incoming.ts';

const compared = [bundleFiles.executionGenesis, bundleFiles.consensusConfig, bundleFiles.consensusGenesis];

interface CrossCheck {
  readonly definition: NetworkDefinition;
  readonly iteration: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ObtainProgress) => void;
  readonly freeBytes?: FreeBytes;
  readonly bundle: ReleaseBundle;
  readonly source: ReleaseSource;
  readonly others: readonly ReleaseSource[];
  readonly networkFolder: string;
}

/**
 * Compares what was taken from one source with what the first other one has, file by file: archives of the
 * same files differ between hosts. Tells of differences; a second source that fails says nothing.
 */
export async function crossCheck(check: CrossCheck): Promise<readonly Finding[]> {
  const { definition, iteration, signal } = check;
  for (const other of check.others) {
    const answer = await other.find(definition, iteration, signal);
    if (answer.answer !== 'found') continue;
    check.onProgress?.({ step: 'comparing', source: other.name });
    try {
      const freeBytes: FreeBytes = check.freeBytes ?? freeBytesOf;
      return await withIncoming(check.networkFolder, freeBytes, async (folder) => {
        await answer.release.fetchInto(folder, signal);
        return differences(check, other, folder);
      });
    } catch {
      signal?.throwIfAborted();
    }
  }
  return [];
}

async function differences(
  check: CrossCheck,
  other: ReleaseSource,
  folder: string,
): Promise<readonly Finding[]> {
  const files: string[] = [];
  for (const path of compared) {
    const theirs = join(folder, path);
    const there = await stat(theirs).then(
      () => true,
      () => false,
    );
    if (there && (await fileSha256(theirs)) !== (await fileSha256(join(check.bundle.directory, path))))
      files.push(path);
  }
  if (files.length === 0) return [];
  const facts = { source: check.source.name, other: other.name, files };
  return [releaseFindings.create('EPH-RELEASE-SOURCES-DIFFER', facts, { network: check.definition.name })];
}
