import { ApiError } from '@lodestar/api/server';
import type { ApiNode } from './api-node.ts';

type Method = (...args: never[]) => unknown;

/** Wraps methods that the standard answers with 503 as long as the node syncs. */
export function notWhileSyncing<Methods extends object>(node: ApiNode, methods: Methods): Methods {
  const guarded = Object.entries(methods as Record<string, Method>).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      refuseWhileSyncing(node);
      return method(...args);
    },
  ]);
  return Object.fromEntries(guarded) as Methods;
}

/** @throws ApiError 503 */
function refuseWhileSyncing(node: ApiNode): void {
  if (!node.syncing().isSyncing) return;
  throw new ApiError(503, 'Beacon node is currently syncing and not serving request on that endpoint');
}

/** @throws ApiError 503 for a block that the execution client has not confirmed: nobody may sign for it */
export function refuseOptimistic({ chain }: ApiNode, root: string): void {
  if (!chain.unconfirmed.has(root)) return;
  throw new ApiError(503, `The execution client has not confirmed block ${root} yet`);
}
