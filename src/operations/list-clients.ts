import type { ArtifactChoice } from '../core/clients/artifact-choice.ts';
import type { ClientDefinition, ForkSupport, Layer, RefusedClient } from '../core/clients/client.ts';
import { compareVersions, firstVersionFor } from '../core/clients/fork-support.ts';
import { type ForkName, forkNames } from '../core/network/forks.ts';
import type { Services } from './services.ts';

/** Where a client's program can come from, as a reader of the list needs it. */
export type SourceReport =
  | Extract<ArtifactChoice, { kind: 'builtin' | 'npm' | 'image' | 'path' }>
  | (Omit<Extract<ArtifactChoice, { kind: 'archive' }>, 'commits'> & {
      /** The only versions that can be had, where the publisher's names hold a commit. */
      readonly versions?: readonly string[];
    });

/** The versions of a client, as far as they are known without asking anybody. */
export interface VersionsReport {
  /** What runs where the configuration names none. */
  readonly default?: string;
  /** Those that the catalogue names, newest first; others can be had by their number. */
  readonly known: readonly string[];
  /** The first that knows a fork. */
  readonly minimumByFork: Readonly<Partial<Record<ForkName, string>>>;
  /** What is on this host, of the nodes' programs and of those that come with this one. */
  readonly installed: readonly string[];
}

/** What is here of a client, as nodes have it. */
export interface ClientHere {
  readonly layer: Layer;
  readonly client: string;
  readonly pinned?: string;
  readonly running?: string;
  readonly installed: 'yes' | 'no' | 'elsewhere';
}

export interface ClientReportEntry {
  readonly id: string;
  readonly layer: Layer;
  readonly displayName: string;
  readonly versions: VersionsReport;
  readonly defaultVersion?: string;
  /** The highest fork that its default version reaches. */
  readonly highestFork: ForkName;
  readonly forks: readonly ForkSupport[];
  /** The first version for the fork after the newest that any client knows; absent when none is known. */
  readonly minimumForNextFork?: string;
  /** As `linux-x64`; what an archive exists for. Programs of Node and images run wherever those do. */
  readonly platforms: readonly string[];
  readonly sources: readonly SourceReport[];
  /** The client inside whose program it runs, when it has none of its own. */
  readonly hostedBy?: string;
  readonly notes: readonly string[];
}

export interface ClientsReport {
  /** The fork that clients are to reach next. */
  readonly nextFork: ForkName;
  readonly clients: readonly ClientReportEntry[];
  readonly refused: readonly RefusedClient[];
}

/** The catalogue as data. Asks nobody. */
export function listClients(
  { clients, refusedClients }: Pick<Services, 'clients' | 'refusedClients'>,
  layer?: Layer,
  here: readonly ClientHere[] = [],
): ClientsReport {
  const nextFork = forkAfter(clients.flatMap(({ forks }) => forks.map(({ fork }) => fork)));
  const wanted = <T extends { readonly layer: Layer }>(all: readonly T[]) =>
    all.filter((one) => layer === undefined || one.layer === layer);
  return {
    nextFork,
    clients: wanted(clients).map((client) => entry(client, nextFork, here)),
    refused: wanted(refusedClients),
  };
}

function forkAfter(known: readonly ForkName[]): ForkName {
  const newest = Math.max(0, ...known.map((fork) => forkNames.indexOf(fork)));
  return forkNames[Math.min(newest + 1, forkNames.length - 1)] as ForkName;
}

function entry(client: ClientDefinition, nextFork: ForkName, here: readonly ClientHere[]): ClientReportEntry {
  const { id, layer, displayName, defaultVersion, forks, notes = [], artifacts } = client;
  const minimum = firstVersionFor(client, nextFork);
  const archives = artifacts.flatMap((choice) =>
    choice.kind === 'archive' ? Object.keys(choice.platforms) : [],
  );
  return {
    id,
    layer,
    displayName,
    versions: versionsOf(client, here),
    ...(defaultVersion === undefined ? {} : { defaultVersion }),
    highestFork: client.highestFork(defaultVersion ?? 'newest'),
    forks,
    ...(minimum === undefined ? {} : { minimumForNextFork: minimum }),
    platforms: [...new Set(archives)],
    sources: artifacts.map(source),
    ...(client.hostedBy === undefined ? {} : { hostedBy: client.hostedBy }),
    notes,
  };
}

function versionsOf(client: ClientDefinition, here: readonly ClientHere[]): VersionsReport {
  const { id, layer, defaultVersion, forks, artifacts } = client;
  const builtin = artifacts.flatMap((choice) => (choice.kind === 'builtin' ? [choice.version] : []));
  const named = artifacts.flatMap((choice) =>
    choice.kind === 'archive' ? Object.keys(choice.commits ?? {}) : [],
  );
  // Of an image only that it runs is known.
  const ours = here
    .filter((one) => one.client === id && one.layer === layer)
    .flatMap(({ installed, pinned, running }) => [...(installed === 'yes' ? [pinned] : []), running]);
  return {
    ...(defaultVersion === undefined ? {} : { default: defaultVersion }),
    known: newestFirst([defaultVersion, ...builtin, ...named]),
    minimumByFork: Object.fromEntries(forks.map(({ fork, since }) => [fork, since])),
    installed: newestFirst([...builtin, ...ours]),
  };
}

function newestFirst(versions: readonly (string | undefined)[]): readonly string[] {
  const told = versions.filter((version) => version !== undefined);
  return [...new Set(told)].sort((a, b) => compareVersions(b, a));
}

function source(choice: ArtifactChoice): SourceReport {
  if (choice.kind !== 'archive') return choice;
  const { commits, ...rest } = choice;
  return commits === undefined ? rest : { ...rest, versions: Object.keys(commits) };
}
