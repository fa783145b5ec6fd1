import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { isEphemeryError } from '../../base/errors.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { givenStore, latestFirst } from '../../core/node/protection-choice.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import { carriedName } from '../../storage/files/protection-names.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { backUpBefore } from '../backup/backup-before.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { writablePath } from '../keys/output-files.ts';
import { unitLayerOf } from '../node/node-setup.ts';
import type { Services } from '../services.ts';
import { validatorErrors } from './errors.ts';
import { ofFiles, type ProtectionSummary, summaryOf } from './protect-files.ts';
import { remembers } from './protection-here.ts';

export interface NodeFile {
  readonly config: ConfigWish['config'];
  readonly node: string;
  readonly file: string;
}

/**
 * Writes all that a node's stores of its network remember into one file. Its validator client must not run: what it
 * signs meanwhile would be missing. Throws EPH-VALIDATORS-RUNNING, EPH-VALIDATORS-NO-NETWORK, EPH-VALIDATORS-NO-CLIENT,
 * EPH-KEYS-OUTPUT-EXISTS and EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function exportProtection(services: Services, wish: NodeFile): Promise<ProtectionSummary> {
  const file = await writablePath(services.host, wish.file);
  return withNode(services, wish, async (node) => {
    const exported = await exportOf(node);
    await ofFiles([file], () => writeInterchange(file, exported));
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
  return withNode(services, wish, async (node) => {
    const { genesisValidatorsRoot } = await requiredNetwork(node);
    return giveProtection(node.environment.store, { genesisValidatorsRoot, files: [wish.file] });
  });
}

/** What a node's stores of the network that it is on remember. Throws EPH-VALIDATORS-RUNNING. */
async function exportOf({ setup, environment }: AssembledNode) {
  const { store, runtime, releases } = environment;
  // Inside another program it is their signer that remembers and signs.
  const signing = unitLayerOf(setup, 'validator') === 'validator' ? 'validator' : 'signer';
  if ((await runtime.recover(unitName(setup.name, signing))) !== undefined)
    throw validatorErrors.create('EPH-VALIDATORS-RUNNING', { node: setup.name });
  const identity = await requiredNetwork({ setup, environment });
  const held = await releases.held(identity.iteration);
  const bundle = held.find((each) => each.identity.genesisValidatorsRoot === identity.genesisValidatorsRoot);
  if (bundle === undefined) throw validatorErrors.create('EPH-VALIDATORS-NO-NETWORK', { node: setup.name });
  const stores = await storesOf(store, identity.genesisValidatorsRoot);
  // What a client wrote is read by its program, in the place that the node's client has.
  if (setup.validator === undefined && stores.some(({ client }) => client !== givenStore))
    throw validatorErrors.create('EPH-VALIDATORS-NO-CLIENT', { node: setup.name, config: 'ephemery.yaml' });
  return environment.exportProtection({ bundle, stores });
}

/** Opens a store of a node that holds what these files of one network remember. */
export async function giveProtection(
  store: Pick<NodeStore, 'giveProtection'>,
  {
    genesisValidatorsRoot,
    files,
  }: { readonly genesisValidatorsRoot: string; readonly files: readonly string[] },
): Promise<ProtectionSummary> {
  const given = await readInterchanges(files, { genesisValidatorsRoot });
  await store.giveProtection(genesisValidatorsRoot, (into) =>
    writeInterchange(join(into, carriedName), given),
  );
  return summaryOf(given);
}

/**
 * Gives a node what another signed on the network that this is on, by way of a file. False when the other is not on that
 * network, or this one remembers nothing of it: the other then waits as if it were the first. One that is still to come to
 * it has the history already when it does.
 */
export async function handProtection(
  giver: AssembledNode,
  { taker, file }: { readonly taker: AssembledNode; readonly file: string },
): Promise<boolean> {
  const networks = [await networkOf(giver), await networkOf(taker)];
  const [of, into] = networks.map((identity) => identity?.genesisValidatorsRoot);
  const isSame = of === into;
  if (of === undefined || (!isSame && giver.setup.network.name !== taker.setup.network.name)) return false;
  if (!(await remembers(giver.environment.store, of))) return false;
  const exported = await exportOf(giver).catch((thrown: unknown) => {
    // A network whose release is not held any more is over: nobody comes to it.
    if (isSame || !isEphemeryError(thrown, 'EPH-VALIDATORS-NO-NETWORK')) throw thrown;
  });
  if (exported === undefined) return false;
  await writeInterchange(file, exported);
  await giveProtection(taker.environment.store, { genesisValidatorsRoot: of, files: [file] });
  return isSame;
}

/** The latest first. */
async function storesOf(
  store: AssembledNode['environment']['store'],
  genesisValidatorsRoot: string,
): Promise<readonly ProtectionStore[]> {
  const { stores } = await store.protection();
  return stores.filter((each) => each.genesisValidatorsRoot === genesisValidatorsRoot).toSorted(latestFirst);
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
  const made = await madeNodes(await effectiveConfig(services, { config }), services.paths.root, node);
  const opened = await services.openFleet({ config: made, emit: () => undefined, readOnly: true });
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
