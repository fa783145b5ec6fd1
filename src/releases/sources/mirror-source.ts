import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { displayUrl } from '../../base/http-url.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { readSmall } from '../../base/read-small.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { wholeNumber } from '../../core/network/release-files.ts';
import { releaseTag } from '../../core/network/schedule.ts';
import { parseVariablesFile } from '../../core/network/variables-file.ts';
import { flatNameOf } from '../archive/layout.ts';
import { archiveLimits } from '../archive/limits.ts';
import { download } from '../download.ts';
import { releaseErrors } from '../errors.ts';
import type { ReleaseAnswer, ReleaseSource } from '../release-source.ts';
import { fetchArchive } from './fetch-archive.ts';
import type { SourceTools } from './source-tools.ts';

/**
 * A host that serves only the latest iteration, as `<url>/<file>`, `<url>/metadata/<file>` and `<url>.tar.gz`.
 * Which one that is, its own variables file says; "latest" is never taken for the one that is wanted.
 */
export function createMirrorSource(url: string, tools: SourceTools): ReleaseSource {
  const name = `mirror ${displayUrl(url)}`;
  return {
    name,
    async find(definition, iteration, signal): Promise<ReleaseAnswer> {
      const served = await servedIteration(url, tools, signal);
      if (typeof served === 'string') return { answer: 'unknown', reason: served };
      if (served !== iteration) {
        return { answer: 'not-yet', detail: `${displayUrl(url)} serves iteration ${served}` };
      }
      const tag = releaseTag(definition, iteration);
      const fetchInto = (folder: string, stop?: AbortSignal) =>
        fetchMirror(url, folder, { tools, signal: stop });
      return { answer: 'found', release: { iteration, tag, origin: displayUrl(url), fetchInto } };
    },
  };
}

/** The iteration that a mirror has, or a sentence saying why that is not known. */
async function servedIteration(
  url: string,
  tools: SourceTools,
  signal?: AbortSignal,
): Promise<number | string> {
  let reason = 'it has no file of variables';
  for (const path of [
    bundleFiles.retention,
    bundleFiles.nodeVariables,
    flatNameOf(bundleFiles.nodeVariables),
  ]) {
    try {
      const read = await readSmall(tools.http, `${url}/${path}`, signal);
      if ('problem' in read) return read.problem;
      if ('status' in read && read.status !== 404) return `status ${read.status}`;
      if ('status' in read) continue;
      const { variables } = parseVariablesFile(path, read.text);
      const iteration = wholeNumber(variables.get('ITERATION_NUMBER')?.value);
      if (iteration !== undefined) return iteration;
      reason = `${path} has no ITERATION_NUMBER`;
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      return messageOf(thrown);
    }
  }
  return reason;
}

interface MirrorContext {
  readonly tools: SourceTools;
  readonly signal: AbortSignal | undefined;
}

async function fetchMirror(
  url: string,
  folder: string,
  context: MirrorContext,
): Promise<{ readonly archiveSha256?: string }> {
  const { tools, signal } = context;
  try {
    return await fetchArchive(`${url}.tar.gz`, folder, {
      tools,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-RELEASES-NOT-FOUND')) throw thrown;
  }
  const required: readonly string[] = [bundleFiles.retention, bundleFiles.executionGenesis];
  for (const path of Object.values(bundleFiles)) {
    const found = await fetchFile(url, join(folder, path), { ...context, path });
    if (!found && required.includes(path)) {
      throw releaseErrors.create('EPH-RELEASES-NOT-FOUND', { url: displayUrl(`${url}/${path}`) });
    }
  }
  return {};
}

/** One file under either of its paths; false when the mirror has it under none. */
async function fetchFile(
  url: string,
  file: string,
  context: MirrorContext & { path: string },
): Promise<boolean> {
  const { tools, signal, path } = context;
  await makeFolders(dirname(file), 0o755);
  for (const candidate of new Set([path, flatNameOf(path)])) {
    try {
      const limits = tools.limits ?? archiveLimits;
      const abort = signal === undefined ? {} : { signal };
      await download({
        ...tools,
        ...abort,
        url: `${url}/${candidate}`,
        file,
        mostBytes: limits.fileBytes,
        expect: 'any',
      });
      return true;
    } catch (thrown) {
      if (!isEphemeryError(thrown, 'EPH-RELEASES-NOT-FOUND')) throw thrown;
    }
  }
  await rm(file, { force: true });
  return false;
}
