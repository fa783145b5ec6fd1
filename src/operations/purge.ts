import { chmod, lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEphemeryError } from '../base/errors.ts';
import { isLocalNetwork } from '../config/local-network.ts';
import { asOnlyUser } from './direct/act.ts';
import { type ConfigWish, effectiveConfig } from './effective-config.ts';
import type { Services } from './services.ts';

/** Something that a purge removes. */
export interface PurgeItem {
  readonly path: string;
  readonly what: string;
  readonly bytes: number;
  /** Something that this runtime has outside the root; `path` is then its names. */
  readonly runtime?: string;
}

/**
 * What a purge would remove: all that can be fetched or made again. Keys, slashing protection, node identities,
 * secrets and ports are never in it.
 */
export async function listPurge(
  services: Pick<Services, 'paths' | 'runtimeIds' | 'runtime'>,
): Promise<readonly PurgeItem[]> {
  const { paths } = services;
  const nodes = await readdir(paths.nodes).catch(() => []);
  const candidates = [
    ...nodes.map((node) => ({ path: join(paths.nodes, node, 'chains'), what: `chain data of ${node}` })),
    { path: paths.releases, what: 'verified releases' },
    { path: paths.devnets, what: 'local networks, with their settings and data' },
    { path: paths.logs, what: 'logs' },
    { path: paths.history, what: 'what was measured, for charts' },
  ];
  const sized = await Promise.all(
    candidates.map(async (item) => ({ ...item, bytes: await bytesUnder(item.path) })),
  );
  const files = sized.flatMap(({ bytes, ...item }) => (bytes === undefined ? [] : [{ ...item, bytes }]));
  return [...files, ...(await remainsOf(services))];
}

async function remainsOf({ runtimeIds, runtime }: Pick<Services, 'runtimeIds' | 'runtime'>) {
  const items: PurgeItem[] = [];
  for (const id of runtimeIds) {
    const names = (await (await runtime(id)).remains?.list()) ?? [];
    const what = 'ended containers and their networks';
    if (names.length > 0) items.push({ path: names.join(', '), what, bytes: 0, runtime: id });
  }
  return items;
}

/** Removes what `listPurge` lists. Nothing may run under the root: throws EPH-ROOT-LOCKED when a supervisor does. */
export async function purge(
  services: Services,
  wish: ConfigWish,
  items: readonly PurgeItem[],
): Promise<void> {
  await asOnlyUser(services, 'down --purge', async () => {
    await setJournalsAside(services, wish);
    // First what may be refused: afterwards nothing of the root says any more which engine it is.
    for (const { runtime } of items)
      if (runtime !== undefined) await (await services.runtime(runtime)).remains?.remove();
    for (const { path, runtime } of items) if (runtime === undefined) await removeTree(path);
  });
}

/** A local network that is made again begins at iteration 1: its nodes must not hold on to where they were. */
async function setJournalsAside(services: Services, wish: ConfigWish): Promise<void> {
  const found = await effectiveConfig(services, wish).catch((thrown: unknown) => {
    if (isEphemeryError(thrown)) return undefined;
    throw thrown;
  });
  if (found === undefined) return;
  const { nodes, networks } = found.config;
  for (const [name, { network }] of Object.entries(nodes)) {
    if (!isLocalNetwork(network, networks)) continue;
    const journal = join(services.paths.nodes, name, 'journal.ndjson');
    await rename(journal, `${journal}.purged`).catch(ignoreMissing);
  }
}

async function bytesUnder(path: string): Promise<number | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  if (!facts.isDirectory()) return facts.size;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => bytesUnder(join(path, name))));
  return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
}

/** Verified releases are read-only, which keeps their folders from being emptied. Links are removed, never followed. */
async function removeTree(path: string): Promise<void> {
  await makeWritable(path);
  await rm(path, { recursive: true, force: true });
}

async function makeWritable(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts?.isDirectory() !== true) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(path, entry.name));
  }
}

function ignoreMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause;
}
