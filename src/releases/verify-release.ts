import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFiles } from '../core/network/bundle.ts';
import type { ReleaseExpectation } from '../core/network/verify/expectation.ts';
import { type VerifiedRelease, verifyBundle } from '../core/network/verify/verify-bundle.ts';
import { archiveLimits } from './archive/limits.ts';

/** Files larger than this are not read for checking: no release has them, and parsing takes several times the room. */
const mostCheckedBytes = 96 * 1024 * 1024;

/** The parser takes a time that grows with the square of a map's keys. A real file has 10 KB. */
const mostYamlCharacters = 64 * 1024;

/** Another engine's work, handed in: engines do not import one another. */
export type LoadExecutionHash = () => Promise<(genesisJson: string) => string | undefined>;

export interface VerifyReleaseOptions {
  /** Holds the files in the network-config layout. */
  readonly folder: string;
  readonly archiveSha256?: string;
  /** Loads what computes the execution block of a genesis.json. Without it, that is not checked. */
  readonly loadExecutionHash?: LoadExecutionHash;
  /** What the bundle is to say of its place; `folder` unless told. */
  readonly directory?: string;
}

/** Reads the files of an unpacked release and holds them against what is expected of its iteration. */
export async function verifyRelease(
  expectation: ReleaseExpectation,
  options: VerifyReleaseOptions,
): Promise<VerifiedRelease> {
  const { parse } = await import('yaml');
  const executionHashOf = await options.loadExecutionHash?.();
  const files = new Map<string, Uint8Array>();
  for (const path of Object.values(bundleFiles)) {
    const bytes = await readIfThere(join(options.folder, path));
    if (bytes !== undefined) files.set(path, bytes);
  }
  return verifyBundle(files, expectation, {
    directory: options.directory ?? options.folder,
    ...(options.archiveSha256 === undefined ? {} : { archiveSha256: options.archiveSha256 }),
    ...(executionHashOf === undefined ? {} : { executionHashOf }),
    parseYaml: (text) => {
      if (text.length > mostYamlCharacters) throw new Error('it is longer than 64 KiB');
      return parse(text, { schema: 'failsafe', maxAliasCount: 20 });
    },
  });
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  const limit = Math.min(mostCheckedBytes, archiveLimits.fileBytes);
  return found?.isFile() === true && found.size <= limit ? readFile(path) : undefined;
}
