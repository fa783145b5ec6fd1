import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { releaseTag } from '../../core/network/schedule.ts';
import type { ReleaseSource } from '../release-source.ts';
import { readLocalRelease } from './local-release.ts';

/**
 * A folder with one folder or archive an iteration, named after the tag: `<tag>/` (files in either layout, or
 * the published archives) or `<tag>.tar.gz`. A folder that cannot be read at all is unknown: a disk may be absent.
 */
export function createDirectorySource(path: string): ReleaseSource {
  return {
    name: `directory ${path}`,
    async find(definition, iteration) {
      const tag = releaseTag(definition, iteration);
      try {
        await stat(path);
        for (const candidate of [join(path, tag), join(path, `${tag}.tar.gz`)]) {
          if (!(await exists(candidate))) continue;
          const fetchInto = (folder: string, signal?: AbortSignal) =>
            readLocalRelease(candidate, folder, signal);
          return { answer: 'found', release: { iteration, tag, origin: candidate, fetchInto } };
        }
        return { answer: 'not-yet', detail: `${path} has no ${tag}` };
      } catch (thrown) {
        return { answer: 'unknown', reason: messageOf(thrown) };
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false;
    throw thrown;
  }
}
