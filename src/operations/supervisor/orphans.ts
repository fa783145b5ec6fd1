import { readdir } from 'node:fs/promises';
import { unitLayers } from '../../core/node/desired.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { Runtime } from '../../runtimes/runtime.ts';

const stop = { signal: 'SIGTERM', deadlineMs: 60_000 } as const;

/** The runtime of each node of a configuration, by the node's name. */
export type ConfiguredRuntimes = ReadonlyMap<string, string>;

/**
 * Stops the units of nodes that lie under the root but are configured no more, and those of nodes that are
 * configured for another runtime now: the validator client first, its signer after it. Their files stay. Returns the names of nodes of which
 * something ran.
 */
export async function stopOrphans(
  root: { readonly nodesFolder: string; readonly configured: ConfiguredRuntimes },
  runtimes: readonly Runtime[],
): Promise<readonly string[]> {
  const names = await readdir(root.nodesFolder).catch(() => []);
  const stopped = new Set<string>();
  for (const node of names) {
    const own = root.configured.get(node);
    const others = own === undefined ? runtimes : runtimes.filter(({ id }) => id !== own);
    for (const layer of unitLayers.toReversed()) {
      for (const runtime of others) {
        const handle = await runtime.recover(unitName(node, layer));
        if (handle === undefined) continue;
        await runtime.stop(handle, layer === 'database' ? { ...stop, signal: 'SIGINT' } : stop);
        stopped.add(node);
      }
    }
  }
  return [...stopped];
}
