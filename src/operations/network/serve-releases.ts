import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { parseVariablesFile } from '../../core/network/variables-file.ts';
import type { Releaser, ReleaserOptions } from '../../releases/serve/releaser.ts';
import type { Services } from '../services.ts';
import { networkUseErrors } from './errors.ts';

export interface ServeWish {
  /** One folder a release, each named after its tag, or one release itself. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface ServeReport {
  /** As a `github` source takes it. */
  readonly url: string;
  /** As a `mirror` source takes it. */
  readonly mirrorUrl: string;
  readonly folder: string;
  /** The highest first; of a folder of releases, those that are there now. */
  readonly tags: readonly string[];
}

/**
 * Serves releases under the public host's paths and under a mirror's until the signal. Throws
 * EPH-NETWORK-SERVE-NOTHING and EPH-NETWORK-SERVE-ADDRESS.
 */
export async function serveReleases(
  services: Pick<Services, 'clock' | 'log' | 'host'>,
  wish: ServeWish,
  { signal, onServing }: { readonly signal: AbortSignal; readonly onServing: (report: ServeReport) => void },
): Promise<void> {
  const { clock, log, host } = services;
  const folder = resolve(host.workingDirectory, wish.folder);
  const single = await ownTag(folder);
  const { Shelf } = await import('../../releases/serve/shelf.ts');
  const tags = single === undefined ? await new Shelf(folder).tags() : [single];
  if (tags.length === 0) throw networkUseErrors.create('EPH-NETWORK-SERVE-NOTHING', { folder });
  const { port } = wish;
  const releaser = await listen({
    host: wish.host,
    port,
    clock,
    log,
    ...(single === undefined ? { folder } : {}),
  });
  try {
    if (single !== undefined) releaser.publish(single, folder);
    onServing({ url: releaser.url, mirrorUrl: releaser.mirrorUrl, folder, tags });
    await aborted(signal);
  } finally {
    await releaser.close();
  }
}

async function listen(options: ReleaserOptions & { host: string; port: number }): Promise<Releaser> {
  const { startReleaser } = await import('../../releases/serve/releaser.ts');
  try {
    return await startReleaser(options);
  } catch (cause) {
    if (isEphemeryError(cause)) throw cause;
    const facts = { host: options.host, port: options.port, reason: messageOf(cause) };
    throw networkUseErrors.create('EPH-NETWORK-SERVE-ADDRESS', facts, cause);
  }
}

const mostBytes = 64 * 1024;

/** The tag of a folder that is itself a release. */
async function ownTag(folder: string): Promise<string | undefined> {
  const file = join(folder, bundleFiles.retention);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > mostBytes) return undefined;
  const { variables } = parseVariablesFile(file, await readFile(file, 'utf8'));
  return variables.get('ITERATION_RELEASE')?.value;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolveWait) => {
    if (signal.aborted) resolveWait();
    else signal.addEventListener('abort', () => resolveWait(), { once: true });
  });
}
