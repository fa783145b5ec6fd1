import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { identityName } from '../../core/network/identity.ts';
import type { ReleaseConsent, ReleaseExpectation } from '../../core/network/verify/expectation.ts';
import type { HeldRelease, ObtainOutcome, ObtainRequest, SourceReport } from '../release-library.ts';
import type { FoundRelease, ReleaseSource } from '../release-source.ts';
import { combined, reportOf } from '../source-reports.ts';
import { type LoadExecutionHash, verifyRelease } from '../verify-release.ts';
import { crossCheck, filesThatDiffer } from './cross-check.ts';
import { type FreeBytes, freeBytesOf, removeLeftovers, withIncoming } from './incoming.ts';
import { installRelease } from './install-release.ts';
import { listReleases, loadBundle } from './load-bundle.ts';

export interface ObtainOptions extends ObtainRequest {
  readonly definition: NetworkDefinition;
  /** Tried in order. */
  readonly sources: readonly ReleaseSource[];
  /** The folder `releases/` of the root. */
  readonly root: string;
  readonly clock?: Clock;
  readonly freeBytes?: FreeBytes;
  readonly loadExecutionHash?: LoadExecutionHash;
}

/** As `ReleaseLibrary.obtain`: fetches into a folder on the same disk, verifies, flushes, renames; or says why not. */
export async function obtainRelease(options: ObtainOptions): Promise<ObtainOutcome> {
  const networkFolder = join(options.root, options.definition.name);
  await removeLeftovers(networkFolder, (options.clock ?? systemClock).nowMs());
  const held = await listReleases(options.root, options.definition.name);
  const ready = held.find((release) => isWanted(release, options));
  if (ready !== undefined && options.refresh !== true) {
    return { outcome: 'held', bundle: ready.bundle, fetched: false, findings: [], reports: [] };
  }
  const search: Search = {
    options,
    networkFolder,
    expectation: expectationFrom(options, held),
    findings: [],
    reports: [],
    needsConsent: new Set(),
  };
  for (const source of options.sources) {
    const release = await tryWithin(search, source);
    if (release !== undefined) return finish(search, source, release);
  }
  return nothingUsable(search);
}

interface Search {
  readonly options: ObtainOptions;
  readonly networkFolder: string;
  readonly expectation: ReleaseExpectation;
  readonly findings: Finding[];
  readonly reports: SourceReport[];
  readonly needsConsent: Set<ReleaseConsent>;
}

function isWanted({ bundle }: HeldRelease, { iteration, knownIdentity }: ObtainRequest): boolean {
  if (bundle.identity.iteration !== iteration) return false;
  return (
    knownIdentity === undefined ||
    bundle.identity.genesisValidatorsRoot === knownIdentity.genesisValidatorsRoot
  );
}

/** What history we have fills in what the caller does not know. */
function expectationFrom(options: ObtainOptions, held: readonly HeldRelease[]): ReleaseExpectation {
  const { definition, iteration, consents = [] } = options;
  const heldOf = (number: number) =>
    held.find(({ bundle }) => bundle.identity.iteration === number)?.bundle.identity;
  const knownIdentity = options.knownIdentity ?? heldOf(iteration);
  const previousValidatorsRoot =
    options.previousValidatorsRoot ?? heldOf(iteration - 1)?.genesisValidatorsRoot;
  return {
    definition,
    iteration,
    consents,
    ...(knownIdentity === undefined ? {} : { knownIdentity }),
    ...(previousValidatorsRoot === undefined ? {} : { previousValidatorsRoot }),
  };
}

async function tryWithin(search: Search, source: ReleaseSource): Promise<HeldRelease | undefined> {
  const { definition, iteration, signal, onProgress } = search.options;
  onProgress?.({ step: 'asking', source: source.name });
  const answer = await source.find(definition, iteration, signal);
  if (answer.answer !== 'found') {
    search.reports.push(reportOf(source, answer));
    return undefined;
  }
  try {
    return await withIncoming(search.networkFolder, search.options.freeBytes ?? freeBytesOf, (folder) =>
      fetchAndInstall(search, folder, { source, release: answer.release }),
    );
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    if (isLocal(thrown)) throw thrown;
    const problem = messageOf(thrown);
    search.reports.push({ source: source.name, answer: 'failed', detail: problem });
    search.findings.push(
      releaseFindings.create('EPH-RELEASE-SOURCE-FAILED', { source: source.name, problem }),
    );
    return undefined;
  }
}

/** What is wrong on this host ends the search: another source would not help. */
function isLocal(thrown: unknown): boolean {
  return isEphemeryError(thrown, 'EPH-RELEASES-DISK-FULL');
}

async function fetchAndInstall(
  search: Search,
  folder: string,
  found: { readonly source: ReleaseSource; readonly release: FoundRelease },
): Promise<HeldRelease | undefined> {
  const { signal, onProgress, definition, clock = systemClock } = search.options;
  const { source, release } = found;
  onProgress?.({ step: 'fetching', source: source.name });
  const fetched = await release.fetchInto(folder, signal);
  onProgress?.({ step: 'verifying', source: source.name });
  const { loadExecutionHash } = search.options;
  const verified = await verifyRelease(search.expectation, {
    folder,
    ...fetched,
    ...(loadExecutionHash === undefined ? {} : { loadExecutionHash }),
  });
  search.findings.push(...verified.findings);
  if (verified.bundle === undefined) {
    const first = verified.findings.find(({ severity }) => severity === 'critical');
    search.reports.push({
      source: source.name,
      answer: 'rejected',
      detail: first?.long ?? 'it is not usable',
    });
    if (!verified.rejected) for (const consent of verified.needsConsent) search.needsConsent.add(consent);
    return undefined;
  }
  search.findings.push(...(await changedFiles(search, verified.bundle, source)));
  onProgress?.({ step: 'installing', source: source.name });
  const { directory: _, ...bundle } = verified.bundle;
  const held = await installRelease(folder, search.networkFolder, {
    network: definition.name,
    source: source.name,
    origin: release.origin,
    fetchedAtMs: clock.nowMs(),
    bundle,
  });
  search.reports.push({ source: source.name, answer: 'found', detail: release.origin });
  return held;
}

/** The same genesis under the same number, with other files: what is held stays, and that is told. */
async function changedFiles(
  { networkFolder, options }: Search,
  { identity, directory }: ReleaseBundle,
  source: ReleaseSource,
): Promise<readonly Finding[]> {
  const held = await loadBundle(join(networkFolder, identityName(identity))).catch(() => undefined);
  if (held === undefined) return [];
  const files = await filesThatDiffer(held.bundle.directory, directory);
  if (files.length === 0) return [];
  const facts = { iteration: identity.iteration, source: source.name, files };
  const network = options.definition.name;
  return [releaseFindings.create('EPH-RELEASE-FILES-CHANGED', facts, { network })];
}

async function finish(
  search: Search,
  source: ReleaseSource,
  { bundle }: HeldRelease,
): Promise<ObtainOutcome> {
  const { options, findings, reports } = search;
  if (options.crossCheck === true) {
    const others = options.sources.filter((each) => each !== source);
    const { networkFolder } = search;
    const checked = await crossCheck({ ...options, bundle, source, others, networkFolder });
    const network = options.definition.name;
    if (checked.isCompared) findings.push(...checked.findings);
    else
      findings.push(
        releaseFindings.create(
          'EPH-RELEASE-UNCOMPARED',
          { source: source.name, reason: checked.reason },
          { network },
        ),
      );
  }
  return { outcome: 'held', bundle, fetched: true, findings, reports };
}

function nothingUsable({ findings, reports, needsConsent }: Search): ObtainOutcome {
  if (needsConsent.size > 0) {
    return { outcome: 'needs-consent', needsConsent: [...needsConsent], findings, reports };
  }
  const answer = combined(reports);
  return answer.answer === 'not-yet'
    ? { outcome: 'not-yet', detail: answer.detail, findings, reports }
    : { outcome: 'unknown', reason: answer.reason, findings, reports };
}
