import type { ArtifactWish } from '../../artifacts/artifact.ts';
import { chooseArtifact } from '../../artifacts/choose-artifact.ts';
import type { PublishedRelease } from '../../artifacts/published-release.ts';
import { releaseOfWish } from '../../artifacts/release-of-wish.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { createCatalogue } from '../../core/clients/catalogue.ts';
import { isSince } from '../../core/clients/fork-support.ts';
import { nodeWishes } from '../artifacts/wishes.ts';
import { configOrNone } from '../effective-config.ts';
import type { ClientReportEntry, ClientsReport } from '../list-clients.ts';
import type { Services } from '../services.ts';
import { askReleases, type ReleaseAnswers } from './ask-releases.ts';
import type { ClientInUse, ClientsInUse } from './clients-in-use.ts';

/** What a publisher has now, held against what we have; `unknown` says why nobody knows. */
export type Published =
  | (PublishedRelease & {
      /** Than the pinned version of a node, else than the one that would be pinned. */
      readonly isNewer: boolean;
      /** `version`: naming it in the configuration is enough. `artifact`: its file must be named there too, with its checksum. */
      readonly pinBy: 'version' | 'artifact';
    })
  | { readonly unknown: string };

export interface PublishedReport extends ClientsReport {
  readonly clients: readonly (ClientReportEntry & { readonly published: Published })[];
  readonly nodes: readonly (ClientInUse & { readonly published: Published })[];
}

export interface PublishedWish {
  readonly report: ClientsReport & ClientsInUse;
  readonly config?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (doing: string) => void;
}

type Around = Pick<Services, 'clients' | 'refusedClients' | 'runtimeIds' | 'clock' | 'host' | 'paths'>;

/** Adds to a report what publishers have now. Asks their hosts, and changes nothing. Throws the signal's reason. */
export async function withPublished(services: Around, wish: PublishedWish): Promise<PublishedReport> {
  const { report } = wish;
  const { get } = createCatalogue(services.clients);
  const wishes = await wishesOfNodes(services, wish);
  const catalogued = report.clients.map((entry) => ({
    entry,
    wish: { client: get(entry.layer, entry.id) },
    held: entry.defaultVersion,
  }));
  const inUse = report.nodes.map((entry) => {
    const its = wishes.find(({ node, layer }) => node === entry.node && layer === entry.layer)?.wish;
    const own = its ?? { client: get(entry.layer, entry.client) };
    return { entry, wish: own, held: entry.pinned ?? own.version ?? entry.available };
  });
  const places = [...catalogued, ...inUse].map((one) => releaseOfWish(one.wish));
  const asked = places.flatMap((place) => (place.known ? [place.value] : []));
  const answers = await askReleases(services, asked, wish);
  const platform = `${services.host.platform}-${process.arch}`;
  const completed = <E>({ entry, ...held }: Held & { readonly entry: E }) => ({
    ...entry,
    published: publishedOf(held, answers, platform),
  });
  return { ...report, clients: catalogued.map(completed), nodes: inUse.map(completed) };
}

interface Held {
  readonly wish: ArtifactWish;
  readonly held: string | undefined;
}

/** The catalogue needs no configuration. */
async function wishesOfNodes(services: Around, { report, config }: PublishedWish) {
  const found = report.nodes.length === 0 ? undefined : await configOrNone(services, config);
  return found === undefined ? [] : nodeWishes(found, services.clients);
}

function publishedOf({ wish, held }: Held, answers: ReleaseAnswers, platform: string): Published {
  const place = releaseOfWish(wish);
  const answer = place.known ? answers.of(place.value) : place;
  if (!answer.known) return { unknown: answer.reason };
  const { version } = answer.value;
  const isNewer = held !== undefined && !isSince(held, version);
  return { ...answer.value, isNewer, pinBy: pinBy({ ...wish, version }, platform) };
}

/**
 * A file of a node's own is named with its checksum, and archives with a commit in their names can be had only in
 * versions of which the catalogue knows it.
 */
function pinBy(wish: ArtifactWish, platform: string): 'version' | 'artifact' {
  const { artifact } = wish;
  if (artifact?.kind === 'archive' || (artifact?.kind === 'npm' && artifact.integrity !== undefined))
    return 'artifact';
  try {
    chooseArtifact(wish, platform);
    return 'version';
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-ARTIFACT-NO-SOURCE')) return 'artifact';
    throw thrown;
  }
}
