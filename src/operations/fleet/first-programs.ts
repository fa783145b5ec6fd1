import { abortOf } from '../../base/abort-of.ts';
import type { AssembledNode } from './fleet.ts';
import { somethingRuns } from './taken-ports.ts';

/**
 * Where nothing is there to be kept yet, a root begins once the first of its nodes has its programs, or every one has
 * failed to get them, or the signal. If nothing but a person can help any of them, the first reason is thrown: EPH-ARTIFACT-*.
 */
export async function awaitFirstPrograms(
  nodes: readonly AssembledNode[],
  signal: AbortSignal,
): Promise<void> {
  const desks = nodes.flatMap(({ programs }) => (programs === undefined ? [] : [programs]));
  if (desks.length === 0 || desks.length < nodes.length) return;
  for (const node of nodes) if (await somethingRuns(node)) return;
  const tries = desks.map((desk) => desk.try());
  const successes = desks.map(async (desk, i) => {
    await tries[i];
    if (desk.obtained === undefined) await forever;
  });
  await Promise.race([Promise.all(tries), ...successes, abortOf(signal)]);
  if (signal.aborted) return;
  const failures = desks.map(({ definiteFailure }) => definiteFailure);
  const [first] = failures;
  if (first !== undefined && failures.every((failure) => failure !== undefined)) throw first;
}

/**
 * A configuration that is applied anew asks once for what each node does not have. Throws the reason of a node that
 * nothing but a person can help, unless it stood so before: EPH-ARTIFACT-*. Nobody is waited for after the signal.
 */
export async function tryNewPrograms(
  nodes: readonly AssembledNode[],
  { before, signal }: { readonly before: readonly AssembledNode[]; readonly signal: AbortSignal },
): Promise<void> {
  const stood = new Set(
    before.filter(({ programs }) => programs !== undefined).map(({ setup }) => setup.name),
  );
  const isNew = nodes.filter(({ setup }) => !stood.has(setup.name));
  const tries = Promise.all(isNew.map(({ programs }) => programs?.try()));
  await Promise.race([tries, abortOf(signal)]);
  for (const { programs } of isNew)
    if (programs?.definiteFailure !== undefined) throw programs.definiteFailure;
}

const forever = new Promise<never>(() => undefined);
