import { join } from 'node:path';
import { HttpClient } from '../../base/http.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { ClockSkewMeter, skewFindings } from '../clock-skew.ts';
import type { ReleaseLibrary } from '../release-library.ts';
import { reportOf } from '../source-reports.ts';
import { openReleaseSources } from '../sources/open-sources.ts';
import type { SourceTools } from '../sources/source-tools.ts';
import type { LoadExecutionHash } from '../verify-release.ts';
import { ClockCheck } from './clock-check.ts';
import { crossCheck } from './cross-check.ts';
import { removeRelease } from './install-release.ts';
import { listReleases } from './load-bundle.ts';
import { obtainRelease } from './obtain-release.ts';

export interface LibraryOptions extends Omit<SourceTools, 'http'> {
  readonly definition: NetworkDefinition;
  /** The folder `releases/` of the root. */
  readonly root: string;
  /** For proxies; the process's own unless told. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly loadExecutionHash?: LoadExecutionHash;
}

/** The releases of one network: its sources, its folder, and one HTTP client that measures the clock on the way. */
export function openReleaseLibrary(options: LibraryOptions): ReleaseLibrary {
  const { definition, root, clock, environment, loadExecutionHash } = options;
  const skew = new ClockSkewMeter(clock);
  const http = new HttpClient({
    onExchange: skew.observe,
    ...(clock === undefined ? {} : { clock }),
    ...(environment === undefined ? {} : { environment }),
  });
  const sources = openReleaseSources(definition, { ...options, http });
  const check = new ClockCheck({ meter: skew, http, definition, ...(clock === undefined ? {} : { clock }) });
  const asksOverHttp = definition.releaseSources.some(({ kind }) => kind !== 'directory');
  return {
    obtain: (request) =>
      obtainRelease({
        ...request,
        definition,
        root,
        sources,
        ...(clock === undefined ? {} : { clock }),
        ...(loadExecutionHash === undefined ? {} : { loadExecutionHash }),
      }),
    ask: (iteration, signal) =>
      Promise.all(
        sources.map(async (source) => reportOf(source, await source.find(definition, iteration, signal))),
      ),
    held: (iteration) => listReleases(root, definition.name, iteration),
    compare: async (iteration, signal) => {
      const [held] = await listReleases(root, definition.name, iteration);
      const source = sources.find(({ name }) => name === held?.source);
      if (held === undefined || source === undefined) return undefined;
      const others = sources.filter((each) => each !== source);
      const networkFolder = join(root, definition.name);
      const abort = signal === undefined ? {} : { signal };
      const checked = await crossCheck({
        definition,
        iteration,
        bundle: held.bundle,
        source,
        others,
        networkFolder,
        ...abort,
      });
      return checked.isCompared ? checked.findings : undefined;
    },
    remove: ({ directory }) => removeRelease(directory),
    clockSkewMs: () => check.skewMs(),
    measureClockMs: (patience) => check.measuredMs(patience),
    clockFindings: () => (asksOverHttp ? skewFindings(skew.measure()) : []),
    close: () => http.close(),
  };
}
