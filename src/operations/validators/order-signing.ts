import { readdir } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { haltDeadlineMs, type SigningOrder } from '../../core/node/signing-order.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { Runtime, StopOutcome } from '../../runtimes/runtime.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import type { Services } from '../services.ts';
import { validatorErrors } from './errors.ts';
import { noteEnded } from './key-guardian.ts';

export interface OrderRequest {
  /** Only this node; every one when absent. */
  readonly node?: string;
  readonly reason: string;
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

/** Ends the signers as clients want to be ended, and keeps them down. Throws as `haltSigning`. */
export function stopSigning(services: Services, request: OrderRequest): Promise<OrderReport> {
  return endSigning(services, request, { order: 'stop', deadlineMs: stopDeadlineMs });
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
  const runtimes = await Promise.allSettled(services.runtimeIds.map((id) => services.runtime(id)));
  const ends = await Promise.allSettled(nodes.map((each) => endNode(services, each, { runtimes, ...how })));
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

async function endNode(
  services: Services,
  node: string,
  { runtimes, deadlineMs }: End,
): Promise<OrderReport['nodes'][number]> {
  const { clock, paths } = services;
  const startedMs = clock.monotonicMs();
  const of = (unit: string) => Promise.all(runtimes.map((runtime) => endIn(runtime, unit, deadlineMs)));
  const [outcomes] = await Promise.all([of(unitName(node, 'validator')), of(unitName(node, 'signer'))]);
  const owners = new KeyOwners(paths.keys);
  const store = new FileNodeStore(paths, node);
  for (const keySet of await owners.keySets()) await noteEnded({ owners, node, clock, store }, keySet);
  const outcome: StopOutcome = outcomes.find((each) => each !== 'was-not-running') ?? 'was-not-running';
  return { node, outcome, tookMs: Math.round(clock.monotonicMs() - startedMs) };
}

/** Looked at again, because a supervisor may have been about to start it when the order was written. */
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

async function give(
  services: Services,
  node: string,
  given: Pick<SigningOrder, 'order' | 'reason'>,
): Promise<void> {
  const orders = new SigningOrders(services.paths, node);
  // One that cannot be read is overruled: a person has spoken.
  const before = await orders.read().catch(() => undefined);
  await orders.write({ ...given, atMs: services.clock.nowMs(), slashedBefore: before?.slashedBefore ?? [] });
}

async function chosenNodes({ paths }: Services, node: string | undefined): Promise<readonly string[]> {
  const entries = await readdir(paths.nodes, { withFileTypes: true }).catch(() => []);
  const known = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (node === undefined) return known;
  if (!known.includes(node)) throw validatorErrors.create('EPH-VALIDATORS-UNKNOWN-NODE', { node, known });
  return [node];
}
