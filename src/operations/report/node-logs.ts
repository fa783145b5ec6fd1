import { unitLayers } from '../../core/node/desired.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { controlErrors } from '../control/errors.ts';
import type { LogReport } from '../control/reports.ts';
import type { LogsRequest } from '../control/requests.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { unitLayerOf } from '../node/node-setup.ts';
import { type LogSource, readSources } from './log-sources.ts';

/**
 * Lines of the chosen nodes' clients: unit by unit what is there, and with `follow` all of them as they come.
 * Throws EPH-CONTROL-NO-CLIENT where the node that was asked for has no such client, and EPH-CONTROL-LOGS-ELSEWHERE
 * where that runs inside another one's program.
 */
export async function* readNodeLogs(
  nodes: readonly AssembledNode[],
  request: LogsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogReport> {
  const { tail, follow } = request;
  refuseMissing(nodes, request);
  const sources = chosenSources(nodes, request, (node, unit) =>
    node.environment.runtime.logs(unit, {
      signal,
      ...(tail === undefined ? {} : { tail }),
      ...(follow === undefined ? {} : { follow }),
    }),
  );
  yield* readSources(sources, follow === true, signal);
}

function refuseMissing(nodes: readonly AssembledNode[], { node, layer }: LogsRequest): void {
  const asked = nodes.find(({ setup }) => setup.name === node);
  const client = unitLayers.find((one) => one === layer);
  if (asked === undefined || client === undefined) return;
  const host = unitLayerOf(asked.setup, client);
  if (asked.setup[client] !== undefined && host === client) return;
  if (host !== client)
    throw controlErrors.create('EPH-CONTROL-LOGS-ELSEWHERE', { node: asked.setup.name, layer: client, host });
  const known = unitLayers.filter((one) => asked.setup[one] !== undefined);
  throw controlErrors.create('EPH-CONTROL-NO-CLIENT', { node: asked.setup.name, layer: client, known });
}

function chosenSources(
  nodes: readonly AssembledNode[],
  request: LogsRequest,
  open: (node: AssembledNode, unit: string) => AsyncIterable<string>,
): readonly LogSource[] {
  return nodes
    .filter(({ setup }) => request.node === undefined || setup.name === request.node)
    .flatMap((node) =>
      unitLayers
        .filter((layer) => node.setup[layer] !== undefined && unitLayerOf(node.setup, layer) === layer)
        .filter((layer) => request.layer === undefined || layer === asked(node, request.layer))
        .map((layer) => ({
          node: node.setup.name,
          layer,
          lines: open(node, unitName(node.setup.name, layer))[Symbol.asyncIterator](),
        })),
    );
}

/** Where the lines of a layer are. */
function asked({ setup }: AssembledNode, layer: NonNullable<LogsRequest['layer']>): string {
  const unit = unitLayers.find((one) => one === layer);
  return unit === undefined ? layer : unitLayerOf(setup, unit);
}
