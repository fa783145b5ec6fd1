import { readdir } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { haltDeadlineMs, type SigningOrder } from '../../core/node/signing-order.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { Runtime, StopOutcome } from '../../runtimes/runtime.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import type { Services } from '../services.ts';
import { validatorErrors } from './errors.ts';
import { noteEnded } from './key-guardian.ts';
import { lastLook } from './last-look.ts';
import { withdrawKeys } from './withdraw-keys.ts';

export interface OrderRequest {
  /** Only this node; every one when absent. */
  readonly node?: string;
  readonly reason: string;
  /** What the nodes are, where it is known: a stop then first reads what their keys were told. */
  readonly config?: ConfigWish['config'];
}

export interface OrderReport {
  readonly nodes: readonly {
    readonly node: string;
    readonly outcome: StopOutcome;
    readonly tookMs: number;
  }[];
}

/** A validator client that writes its last signature down gets this long; then it is killed. */
const stopDeadlineMs = 60_000;
const looks = 3;

/**
 * Ends every signer of a root, at once, and keeps it down until somebody starts it again: the order is written
 * before anything else, then the programs are ended by their runtimes. Asks no supervisor, because it may hang.
 * Throws EPH-VALIDATORS-STILL-SIGNING when a runtime cannot be asked or a program does not end.
 */
export function haltSigning(services: Services, request: OrderRequest): Promise<OrderReport> {
  return endSigning(services, request, { order: 'halt', deadlineMs: haltDeadlineMs });
}

/**
 * Ends the signers as clients want to be ended, and keeps them down, without keys in their own places. Throws as
 * `haltSigning`.
 */
export async function stopSigning(services: Services, request: OrderRequest): Promise<OrderReport> {
  const { config, node } = request;
  if (config !== undefined)
    await lastLook(
      services,
      () => effectiveConfig(services, { config }),
      node === undefined ? undefined : [node],
    );
  const report = await endSigning(services, request, { order: 'stop', deadlineMs: stopDeadlineMs });
  for (const { node } of report.nodes) {
    const orders = new SigningOrders(services.paths, node, services.clock);
    await orders.whileStopped(() => withdrawKeys(services, node));
  }
  return report;
}

/** Lets signers run again, after a stop or a halt; the guard of their keys still has its say. Returns the nodes. */
export async function allowSigning(
  services: Services,
  { node, reason }: OrderRequest,
): Promise<readonly string[]> {
  const nodes = await chosenNodes(services, node);
  for (const each of nodes) await give(services, each, { order: 'run', reason });
  return nodes;
}

async function endSigning(
  services: Services,
  { node, reason }: OrderRequest,
  how: { readonly order: 'stop' | 'halt'; readonly deadlineMs: number },
): Promise<OrderReport> {
  const nodes = await chosenNodes(services, node);
  await Promise.all(nodes.map((each) => give(services, each, { order: how.order, reason })));
  return endSigners(services, nodes, how.deadlineMs);
}

/**
 * Ends the signers of nodes that were told to end, a start that is under way included: afterwards none runs, and none is
 * started until the order changes. Throws EPH-VALIDATORS-STILL-SIGNING.
 */
export async function endSigners(
  services: Services,
  nodes: readonly string[],
  deadlineMs = stopDeadlineMs,
): Promise<OrderReport> {
  const runtimes = await Promise.allSettled(services.runtimeIds.map((id) => services.runtime(id)));
  const ends = await Promise.allSettled(
    nodes.map((each) => endNode(services, each, { runtimes, deadlineMs })),
  );
  const failed = nodes.filter((_, index) => ends[index]?.status === 'rejected');
  const [first] = ends.filter((end) => end.status === 'rejected');
  if (first !== undefined) {
    const facts = { nodes: failed, reason: messageOf(first.reason) };
    throw validatorErrors.create('EPH-VALIDATORS-STILL-SIGNING', facts, first.reason);
  }
  return { nodes: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])) };
}

interface End {
  readonly runtimes: readonly PromiseSettledResult<Runtime>[];
  readonly deadlineMs: number;
}

/** What runs is ended at once; what was being started when the order was written, once that start is over. */
async function endNode(
  services: Services,
  node: string,
  { runtimes, deadlineMs }: End,
): Promise<OrderReport['nodes'][number]> {
  const { clock, paths } = services;
  const startedMs = clock.monotonicMs();
  const units = [unitName(node, 'validator'), unitName(node, 'signer')];
  const endAll = async (): Promise<readonly StopOutcome[]> => {
    const of = (unit: string) => Promise.all(runtimes.map((runtime) => endIn(runtime, unit, deadlineMs)));
    return (await Promise.all(units.map(of))).map(
      (each) => each.find((outcome) => outcome !== 'was-not-running') ?? 'was-not-running',
    );
  };
  const starts = new SigningOrders(paths, node, clock).awaitStarts(deadlineMs);
  const [before] = await Promise.all([endAll(), starts]);
  const after = await endAll();
  const owners = new KeyOwners(paths.keys, clock);
  const store = new FileNodeStore(paths, node);
  for (const keySet of await owners.keySets()) await noteEnded({ owners, node, clock, store }, keySet);
  const outcomes = [before[0], after[0], before[1], after[1]];
  const outcome = outcomes.find((each) => each !== undefined && each !== 'was-not-running');
  return {
    node,
    outcome: outcome ?? 'was-not-running',
    tookMs: Math.round(clock.monotonicMs() - startedMs),
  };
}

/** Looked at again, because a start may have been under way when the order was written. */
async function endIn(
  opened: PromiseSettledResult<Runtime>,
  unit: string,
  deadlineMs: number,
): Promise<StopOutcome> {
  // A runtime that this host does not have runs nothing.
  if (opened.status === 'rejected') return 'was-not-running';
  let outcome: StopOutcome = 'was-not-running';
  for (let look = 0; look < looks; look += 1) {
    const handle = await opened.value.recover(unit);
    if (handle === undefined) return outcome;
    outcome = await opened.value.stop(handle, { signal: 'SIGTERM', deadlineMs });
  }
  throw validatorErrors.create('EPH-VALIDATORS-STILL-SIGNING', {
    nodes: [unit],
    reason: 'somebody starts it again and again',
  });
}

/** One that cannot be read is overruled: a person has spoken. */
async function give(
  { paths, clock }: Services,
  node: string,
  given: Pick<SigningOrder, 'order' | 'reason'>,
): Promise<void> {
  await new SigningOrders(paths, node, clock).change((before) => ({
    ...given,
    atMs: clock.nowMs(),
    slashedBefore: before?.slashedBefore ?? [],
  }));
}

async function chosenNodes({ paths }: Services, node: string | undefined): Promise<readonly string[]> {
  const entries = await readdir(paths.nodes, { withFileTypes: true }).catch(() => []);
  const known = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (node === undefined) return known;
  if (!known.includes(node)) throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-NODE', { node, known });
  return [node];
}
