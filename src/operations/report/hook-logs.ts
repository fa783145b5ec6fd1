import type { LogReport } from '../control/reports.ts';
import type { LogsRequest } from '../control/requests.ts';
import type { Services } from '../services.ts';

/** The name of the log of a node's hooks. */
export function hookLogName(node: string): string {
  return `${node}.hook`;
}

/** What hooks of these nodes said, one node after the other. */
export async function* readHookLogs(
  services: Services,
  { nodes, tail, follow }: LogsRequest & { readonly nodes: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<LogReport> {
  const runtime = await services.runtime('process');
  for (const node of nodes) {
    const lines = runtime.logs(hookLogName(node), {
      signal,
      ...(tail === undefined ? {} : { tail }),
      // To follow one is not to hear of the next.
      ...(follow === undefined || nodes.length > 1 ? {} : { follow }),
    });
    for await (const line of lines) yield { node, layer: 'hook', line };
  }
}
