import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { lockFolder } from '../../base/folder-lock.ts';
import type { ClientContext } from '../../core/clients/client.ts';
import type { Interchange } from '../../core/keys/interchange.ts';
import { lessProtected } from '../../core/keys/interchange-compare.ts';
import { InterchangeUnion, importable, mapHistories } from '../../core/keys/interchange-union.ts';
import { readPublicKey, shortPublicKey } from '../../core/keys/public-key.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { givenStore } from '../../core/node/protection-choice.ts';
import { taskSpec, type UnitPlace } from '../../core/node/unit-spec.ts';
import { readInterchanges, writeInterchange } from '../../protection/interchange-file.ts';
import type { InstalledProgram } from '../../runtimes/runtime.ts';
import { carriedName, storeMarkerName } from '../../storage/files/protection-names.ts';
import { nodeErrors } from '../node/errors.ts';
import { signedBySigner, tellSigner } from '../node/keep-signer.ts';
import type { CarryRequest, NodeEnvironment } from '../node/node-environment.ts';
import type { ClientSetup, NodeSetup } from '../node/node-setup.ts';
import { validatorContext } from '../node/unit-assembly.ts';

/** As long as a task may take itself. */
const turnPatienceMs = 600_000;
const turnLookMs = 50;

export interface CarryParts {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'runtime' | 'log' | 'clock'>;
  /** A validator client by its id, also one that the configuration names no more. Throws when it cannot be had. */
  readonly validatorClient: (id: string) => Promise<Pick<ClientSetup, 'definition' | 'version' | 'program'>>;
  /** The program of a consensus client, for a validator client that leaves it to that. */
  readonly consensusProgram: (id: string) => Promise<InstalledProgram>;
}

type Client = Awaited<ReturnType<CarryParts['validatorClient']>>;

interface OpenedStore {
  readonly store: ProtectionStore;
  /** Where its files are on the host. */
  readonly path: string;
  readonly bundle: ReleaseBundle;
}

/**
 * Brings what all earlier stores of a network remember into a new one, by the clients' own export and import, and
 * sees that the new one forbids no less. Throws EPH-NODE-PROTECTION-UNMERGED; the earlier stores stay as they are.
 */
export async function carryProtection(parts: CarryParts, request: CarryRequest): Promise<void> {
  const { bundle, store, earlier, intoPath } = request;
  const from = earlier.map(({ client, number }) => `${client}-${number}`).join(', ');
  try {
    const merged = importable(await exportStores(parts, { bundle, stores: earlier }));
    const opened = { store, path: intoPath, bundle };
    if (merged.histories.size > 0) await inTurn(parts, opened, () => importInto(parts, opened, merged));
    await writeInterchange(join(intoPath, carriedName), merged);
  } catch (cause) {
    const facts = { from, to: `${store.client}-${store.number}`, reason: messageOf(cause) };
    throw nodeErrors.create('EPH-NODE-PROTECTION-UNMERGED', facts, cause);
  }
}

/** Everything that these stores of one network remember. Their clients must not run. */
export async function exportStores(
  parts: CarryParts,
  { bundle, stores }: { readonly bundle: ReleaseBundle; readonly stores: readonly ProtectionStore[] },
): Promise<Interchange> {
  const { genesisValidatorsRoot } = bundle.identity;
  const union = new InterchangeUnion();
  for (const store of stores) {
    const opened = { store, path: parts.env.store.protectionPath(store), bundle };
    const exported = await inTurn(parts, opened, () => exportStore(parts, opened));
    for (const history of exported.histories.values()) union.add(history);
  }
  return union.result(genesisValidatorsRoot);
}

/**
 * From a client's own export or import until its file is read and gone. A command and the supervisor may want one of
 * the same node at once: both are one task, and one file.
 */
async function inTurn<T>(
  { env: { clock } }: CarryParts,
  { path }: OpenedStore,
  work: () => Promise<T>,
): Promise<T> {
  const deadlineMs = clock.monotonicMs() + turnPatienceMs;
  for (;;) {
    const turn = await lockFolder(join(path, '..', '..'));
    if (turn.kind === 'held') {
      try {
        return await work();
      } finally {
        await turn.release();
      }
    }
    if (clock.monotonicMs() >= deadlineMs)
      throw new RangeError(`process ${turn.pid} is at this node's slashing protection and does not end`);
    await clock.sleep(turnLookMs);
  }
}

async function exportStore(parts: CarryParts, opened: OpenedStore): Promise<Interchange> {
  const { genesisValidatorsRoot } = opened.bundle.identity;
  const given = await existing(opened.path, [carriedName]);
  if (opened.store.client === givenStore) return readInterchanges(given, { genesisValidatorsRoot });
  const client = await parts.validatorClient(opened.store.client);
  if (leavesItToSigner(parts, client)) {
    const union = new InterchangeUnion();
    const told = [
      await readInterchanges(given, { genesisValidatorsRoot }),
      await signedBySigner(inNode(parts, opened)),
    ];
    for (const { histories } of told) for (const history of histories.values()) union.add(history);
    return union.result(genesisValidatorsRoot);
  }
  const context = await contextIn(parts, client, opened);
  // A client that was never started has nothing to export, and many then fail.
  if (!(await isUsed(client, context.context, opened.path)))
    return readInterchanges(given, { genesisValidatorsRoot });
  const carried = await readInterchanges(given, { genesisValidatorsRoot });
  const mayBeEmpty = carried.histories.size === 0;
  const exported = await exportInto(parts, { client, opened, ...context }, { mayBeEmpty });
  const both = await readInterchanges([...given, ...exported], { genesisValidatorsRoot });
  await removeAll(exported);
  return both;
}

/** The file that a client exported into; none where it says that it has nothing, and was never given anything. */
async function exportInto(
  parts: CarryParts,
  around: Around,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): Promise<readonly string[]> {
  const { nothingToExport } = around.client.definition.protection ?? {};
  try {
    return [await runTask(parts, around, 'exportTask')];
  } catch (thrown) {
    const isEmpty =
      mayBeEmpty &&
      nothingToExport !== undefined &&
      isEphemeryError(thrown, 'EPH-NODE-TASK-FAILED') &&
      thrown.message.includes(nothingToExport);
    if (isEmpty) return [];
    throw thrown;
  }
}

async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file);
}

async function importInto(parts: CarryParts, opened: OpenedStore, merged: Interchange): Promise<void> {
  const { genesisValidatorsRoot } = merged;
  const client = await parts.validatorClient(opened.store.client);
  if (leavesItToSigner(parts, client)) return tellSigner(inNode(parts, opened), merged);
  const around = { client, opened, ...(await contextIn(parts, client, opened)) };
  const { before = [], given } = client.definition.protection ?? {};
  await parts.env.store.placeFiles(opened.path, before, opened.bundle.directory);
  const told = given === undefined ? merged : mapHistories(merged, given);
  await writeInterchange(protectionFile(client, opened.path), told);
  await rm(await runTask(parts, around, 'importTask'));
  const exported = await exportInto(parts, around, { mayBeEmpty: false });
  const kept = await readInterchanges(exported, { genesisValidatorsRoot });
  await removeAll(exported);
  const less = lessProtected(merged, kept);
  if (less.length === 0) return;
  const keys = less.slice(0, 3).map(shortPublicKey).join(', ');
  throw new RangeError(`after the import ${less.length} keys are protected less than before (${keys})`);
}

/** A client without keys of its own: what it signed, the node's signer remembers. Somebody else's signer is not asked. */
function leavesItToSigner({ setup }: CarryParts, { definition }: Client): boolean {
  return definition.needsSigner === true && setup.signer !== undefined;
}

function inNode({ setup, env }: CarryParts, { bundle }: OpenedStore) {
  return { setup, env, bundle };
}

interface Around {
  readonly client: Client;
  readonly opened: OpenedStore;
  readonly context: ClientContext;
  readonly place: UnitPlace;
}

/** Runs a client's own import or export, and gives the host path of its file. */
async function runTask(
  { env, consensusProgram }: CarryParts,
  { client, opened, context, place }: Around,
  task: 'exportTask' | 'importTask',
): Promise<string> {
  const tasks = client.definition.protection;
  if (tasks === undefined)
    throw new RangeError(`${client.definition.displayName} neither exports nor imports`);
  const spec = taskSpec(tasks[task](context), place);
  const program = tasks.by === undefined ? client.program : await consensusProgram(tasks.by);
  await env.runtime.prepare(program);
  const { exitCode, tail } = await env.runtime.run(program, spec);
  if (exitCode !== 0) throw nodeErrors.create('EPH-NODE-TASK-FAILED', { task: spec.name, exitCode, tail });
  env.log.info('carried slashing protection', { task, client: client.definition.id });
  return protectionFile(client, opened.path);
}

function protectionFile({ definition }: Client, path: string): string {
  if (definition.protection === undefined)
    throw new RangeError(`${definition.displayName} neither exports nor imports`);
  return join(path, definition.protection.file);
}

async function contextIn(parts: CarryParts, client: Client, { path, bundle }: OpenedStore) {
  const { setup, env } = parts;
  return validatorContext({ setup, env, bundle }, { client, data: path });
}

/** Whether a client left anything in its store, besides what we put there. */
async function isUsed({ definition }: Client, context: ClientContext, path: string): Promise<boolean> {
  // What was signed for it is in its signer's database alone, whatever its own folder holds.
  if (definition.needsSigner === true) return true;
  const { folders = [], gone = [], perKey = [] } = definition.keyFiles ?? {};
  const files = (definition.files?.(context) ?? []).map((file) => file.path);
  const ours = [...files, ...folders, ...gone, ...perKey].map((each) => each.split('/')[0]);
  const names = await readdir(path);
  if (names.some((name) => ![...ours, carriedName, storeMarkerName].includes(name))) return true;
  // A folder in which keys lie beside what the client makes itself.
  const placed = gone.map((each) => each.split('/').at(-1));
  for (const folder of perKey.filter((each) => names.includes(each))) {
    const entries = await readdir(join(path, folder));
    if (entries.some((name) => readPublicKey(name) === undefined && !placed.includes(name))) return true;
  }
  return false;
}

async function existing(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const there = await readdir(folder);
  return names.filter((name) => there.includes(name)).map((name) => join(folder, name));
}
