import { rm } from 'node:fs/promises';
import { normaliseLayout } from '../archive/layout.ts';
import { unpackArchive } from '../archive/unpack.ts';
import { download } from '../download.ts';
import type { SourceTools } from './source-tools.ts';

/** The compressed size that no archive of a release reaches. */
const mostArchiveBytes = 256 * 1024 * 1024;

/**
 * Downloads an archive beside `folder`, unpacks it into it and brings it into the network-config layout.
 * Throws as `download` and `unpackArchive` do.
 */
export async function fetchArchive(
  url: string,
  folder: string,
  context: { readonly tools: SourceTools; readonly signal?: AbortSignal },
): Promise<{ readonly archiveSha256: string }> {
  const { tools, signal } = context;
  const file = `${folder}.archive`;
  const abort = signal === undefined ? {} : { signal };
  try {
    const { sha256 } = await download({
      ...tools,
      ...abort,
      url,
      file,
      mostBytes: mostArchiveBytes,
      expect: 'gzip',
    });
    await unpackArchive(file, folder, {
      ...abort,
      ...(tools.limits === undefined ? {} : { limits: tools.limits }),
    });
    await normaliseLayout(folder);
    return { archiveSha256: sha256 };
  } finally {
    await rm(file, { force: true });
  }
}
