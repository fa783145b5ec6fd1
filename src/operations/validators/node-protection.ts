import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import { carriedName, givenStore } from '../../storage/files/protection-names.ts';
import { backUpBefore } from '../backup/backup-before.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { Services } from '../services.ts';
import { validatorErrors } from './errors.ts';
import { ofFiles, type ProtectionSummary, summaryOf } from './protect-files.ts';

export interface NodeFile {
  readonly config: ConfigWish['config'];
  readonly node: string;
  readonly file: string;
}

/**
 * Writes all that a node's stores of its network remember into one file. Its validator client must not run: what it
 * signs meanwhile would be missing. Throws EPH-VALIDATORS-RUNNING, EPH-VALIDATORS-NO-NETWORK.
 */
export async function exportProtection(services: Services, wish: NodeFile): Promise<ProtectionSummary> {
  return withNode(services, wish, async (node) => {
    const exported = await exportOf(node);
    await ofFiles([wish.file], () => writeInterchange(wish.file, exported));
    return summaryOf(exported);
  });
}

/**
 * Gives a node what was signed elsewhere with its keys. It becomes a store of its own, and the validator client's
 * next start has it carried over into a new one. Throws EPH-INTERCHANGE-*, EPH-BACKUP-BEFORE and EPH-VALIDATORS-NO-NETWORK.
 */
export async function importProtection(
  services: Services,
  wish: NodeFile & { readonly noBackup: boolean },
): Promise<ProtectionSummary> {
  const { config, noBackup } = wish;
  await ofFiles([wish.file], () => access(wish.file, constants.R_OK));
  await backUpBefore(services, { config, noBackup, purpose: 'keys protect import' });
  return withNode(services, wish, (node) => giveProtection(node, [wish.file]));
}

/** What a node's stores of the network that it is on remember. Throws EPH-VALIDATORS-RUNNING. */
export async function exportOf({ setup, environment }: AssembledNode) {
  const { store, runtime, releases } = environment;
  if ((await runtime.recover(unitName(setup.name, 'validator'))) !== undefined)
    throw validatorErrors.create('EPH-VALIDATORS-RUNNING', { node: setup.name });
  const identity = await requiredNetwork({ setup, environment });
  const held = await releases.held(identity.iteration);
  const bundle = held.find((each) => each.identity.genesisValidatorsRoot === identity.genesisValidatorsRoot);
  if (bundle === undefined) throw validatorErrors.create('EPH-VALIDATORS-NO-NETWORK', { node: setup.name });
  const stores = await storesOf(store, identity.genesisValidatorsRoot);
  return environment.exportProtection({ bundle, stores });
}

/** Opens a store that holds what these files of the node's network remember. */
export async function giveProtection(
  node: AssembledNode,
  files: readonly string[],
): Promise<ProtectionSummary> {
  const { store } = node.environment;
  const { genesisValidatorsRoot } = await requiredNetwork(node);
  const given = await readInterchanges(files, { genesisValidatorsRoot });
  const [last] = await storesOf(store, genesisValidatorsRoot);
  const number = (last?.number ?? 0) + 1;
  await store.openProtection({ genesisValidatorsRoot, client: givenStore, number }, (_earlier, intoPath) =>
    writeInterchange(join(intoPath, carriedName), given),
  );
  return summaryOf(given);
}

/** The latest first. */
async function storesOf(
  store: AssembledNode['environment']['store'],
  genesisValidatorsRoot: string,
): Promise<readonly ProtectionStore[]> {
  const { stores } = await store.protection();
  return stores
    .filter((each) => each.genesisValidatorsRoot === genesisValidatorsRoot)
    .toSorted((a, b) => b.number - a.number);
}

async function requiredNetwork(node: AssembledNode): Promise<NetworkIdentity> {
  const identity = await networkOf(node);
  if (identity === undefined)
    throw validatorErrors.create('EPH-VALIDATORS-NO-NETWORK', { node: node.setup.name });
  return identity;
}

/** The network that a node is on, by its journal; undefined before its first. */
export async function networkOf({ environment }: AssembledNode): Promise<NetworkIdentity | undefined> {
  const read = readJournal(await environment.store.readJournal());
  return read.ok ? read.state.reset?.identity : undefined;
}

async function withNode<T>(
  services: Services,
  { config, node }: Pick<NodeFile, 'config' | 'node'>,
  work: (node: AssembledNode) => Promise<T>,
): Promise<T> {
  const effective = await effectiveConfig(services, { config });
  const opened = await services.openFleet({ config: effective, emit: () => undefined, readOnly: true });
  try {
    return await work(nodeCalled(opened.nodes, node));
  } finally {
    await opened.close();
  }
}

export function nodeCalled(nodes: readonly AssembledNode[], name: string): AssembledNode {
  const found = nodes.find(({ setup }) => setup.name === name);
  if (found !== undefined) return found;
  const known = nodes.map(({ setup }) => setup.name);
  throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-NODE', { node: name, known });
}
