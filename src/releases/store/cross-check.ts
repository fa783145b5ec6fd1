import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { fileSha256 } from '../../base/file-sha256.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import { bundleFiles, type ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import type { ObtainProgress } from '../release-library.ts';
import type { ReleaseSource } from '../release-source.ts';
import { reportOf } from '../source-reports.ts';
import { type FreeBytes, freeBytesOf, withIncoming } from './incoming.ts';

/** What clients are started on; what is only for people may differ between hosts. */
const compared = [
  bundleFiles.executionGenesis,
  bundleFiles.consensusConfig,
  bundleFiles.consensusGenesis,
  bundleFiles.enodes,
  bundleFiles.bootstrapNodes,
  bundleFiles.nodeVariables,
  bundleFiles.retention,
];

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

export type CrossChecked =
  | { readonly isCompared: true; readonly findings: readonly Finding[] }
  | { readonly isCompared: false; readonly reason: string };

/**
 * Compares what was taken from one source with what the first other one has, file by file: archives of the
 * same files differ between hosts. Tells of differences, or why no second source
 * could be compared with.
 */
export async function crossCheck(check: CrossCheck): Promise<CrossChecked> {
  const { definition, iteration, signal } = check;
  const reasons: string[] = [];
  for (const other of check.others) {
    const answer = await other.find(definition, iteration, signal);
    if (answer.answer !== 'found') {
      reasons.push(`${other.name}: ${reportOf(other, answer).detail}`);
      continue;
    }
    check.onProgress?.({ step: 'comparing', source: other.name });
    try {
      const freeBytes: FreeBytes = check.freeBytes ?? freeBytesOf;
      const findings = await withIncoming(check.networkFolder, freeBytes, async (folder) => {
        await answer.release.fetchInto(folder, signal);
        return differences(check, other, folder);
      });
      return { isCompared: true, findings };
    } catch (thrown) {
      signal?.throwIfAborted();
      reasons.push(`${other.name}: ${messageOf(thrown)}`);
    }
  }
  const reason = reasons.length === 0 ? 'the network has no second source' : reasons.join('; ');
  return { isCompared: false, reason };
}

async function differences(
  check: CrossCheck,
  other: ReleaseSource,
  folder: string,
): Promise<readonly Finding[]> {
  const files = await filesThatDiffer(check.bundle.directory, folder);
  if (files.length === 0) return [];
  const facts = { source: check.source.name, other: other.name, files };
  return [releaseFindings.create('EPH-RELEASE-SOURCES-DIFFER', facts, { network: check.definition.name })];
}

/** Of the files that clients are started on, those that both folders have with other contents. */
export async function filesThatDiffer(ours: string, theirs: string): Promise<readonly string[]> {
  const differ: string[] = [];
  for (const path of compared) {
    const sums = await Promise.all([ours, theirs].map((folder) => sumIfThere(join(folder, path))));
    const [a, b] = sums;
    if (a !== undefined && b !== undefined && a !== b) differ.push(path);
  }
  return differ;
}

async function sumIfThere(file: string): Promise<string | undefined> {
  const there = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  return there ? fileSha256(file) : undefined;
}
