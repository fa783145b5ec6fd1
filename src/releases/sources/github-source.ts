import { isEphemeryError } from '../../base/errors.ts';
import { displayUrl } from '../../base/http-url.ts';
import { releaseTag } from '../../core/network/schedule.ts';
import { releaseErrors } from '../errors.ts';
import type { ReleaseSource } from '../release-source.ts';
import { fetchArchive } from './fetch-archive.ts';
import { releaseArchives } from './local-release.ts';
import { probe } from './probe.ts';
import type { SourceTools } from './source-tools.ts';

/**
 * A host with GitHub's release URLs, asked by tag: `<url>/releases/download/<tag>/<asset>`. Those are plain
 * redirects and use up no API quota. A tag exists before its assets do, so the assets are what is asked for.
 */
export function createGithubSource(url: string, tools: SourceTools): ReleaseSource {
  return {
    name: `github ${displayUrl(url)}`,
    async find(definition, iteration, signal) {
      const tag = releaseTag(definition, iteration);
      const assets = releaseArchives.map((asset) => `${url}/releases/download/${tag}/${asset}`);
      const unsure: string[] = [];
      for (const asset of assets) {
        const answer = await probe(tools.http, asset, signal);
        if (answer.there === true) {
          const fetchInto = (folder: string, stop?: AbortSignal) =>
            fetchFirst(assets, folder, { tools, signal: stop });
          return { answer: 'found', release: { iteration, tag, origin: displayUrl(asset), fetchInto } };
        }
        if (answer.there === 'unknown') unsure.push(answer.reason);
      }
      const [reason] = unsure;
      return reason === undefined
        ? { answer: 'not-yet', detail: `${displayUrl(url)} has no ${tag}` }
        : { answer: 'unknown', reason };
    },
  };
}

async function fetchFirst(
  assets: readonly string[],
  folder: string,
  context: { readonly tools: SourceTools; readonly signal: AbortSignal | undefined },
): Promise<{ readonly archiveSha256: string }> {
  const { tools, signal } = context;
  for (const asset of assets) {
    try {
      return await fetchArchive(asset, folder, { tools, ...(signal === undefined ? {} : { signal }) });
    } catch (thrown) {
      if (!isEphemeryError(thrown, 'EPH-RELEASES-NOT-FOUND')) throw thrown;
    }
  }
  throw releaseErrors.create('EPH-RELEASES-NOT-FOUND', { url: displayUrl(assets[0] ?? '') });
}
