import type { Layer } from '../../core/clients/client.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import { controlErrors } from '../control/errors.ts';
import type { LogReport } from '../control/reports.ts';
import type { LogsRequest } from '../control/requests.ts';
import { devnetFolder, producerPaths, readDevnetSettings } from '../devnet/devnet-file.ts';
import { producerName } from '../devnet/producer-node.ts';
import { fleetErrors } from '../fleet/errors.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { devnetUnitName } from '../supervisor/devnet-units.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import { type LogSource, readSources } from './log-sources.ts';

type LogServices = Pick<Services, 'paths' | 'runtime'>;

/** The program that runs a local network, then the clients that make its blocks. */
const parts = ['service', 'execution', 'consensus'] as const;

/**
 * Which local network a request means; undefined where it means nodes. A node of the same name comes first, but for
 * the service, which no node has. Throws EPH-CONTROL-NO-NODE, EPH-CONTROL-NO-CLIENT and EPH-FLEET-NO-DEVNET.
 */
export async function devnetMeant(
  { paths }: Pick<LogServices, 'paths'>,
  { config }: EffectiveConfig,
  { node, layer }: LogsRequest,
): Promise<string | undefined> {
  const isService = layer === 'service';
  if (node === undefined ? !isService : !isService && config.nodes[node] !== undefined) return undefined;
  const name = node ?? 'devnet';
  // One that no node belongs to any more has its logs all the same, and so has one whose settings are damaged.
  const settings = readDevnetSettings(devnetFolder(paths.root, name)).catch(() => 'damaged');
  if ((await settings) !== undefined) return name;
  const configured = devnetsOf(config);
  if (configured.includes(name)) throw fleetErrors.create('EPH-FLEET-NO-DEVNET', { name });
  const asked = config.nodes[name];
  if (asked !== undefined) {
    const clients = (['execution', 'consensus', 'validator', 'signer'] as const).filter((one) => asked[one]);
    throw controlErrors.create('EPH-CONTROL-NO-CLIENT', { node: name, layer: 'service', known: clients });
  }
  const known = [...Object.keys(config.nodes), ...configured];
  throw controlErrors.create('EPH-CONTROL-NO-NODE', { node: name, known });
}

/** What a local network's programs print. Throws EPH-CONTROL-NO-CLIENT where it has no such program. */
export async function* readDevnetLogs(
  services: LogServices,
  { network, layer, tail, follow }: Omit<LogsRequest, 'node'> & { readonly network: string },
  signal: AbortSignal,
): AsyncGenerator<LogReport> {
  const chosen = parts.filter((part) => layer === undefined || part === layer);
  if (layer !== undefined && chosen.length === 0)
    throw controlErrors.create('EPH-CONTROL-NO-CLIENT', { node: network, layer, known: [...parts] });
  const own = await services.runtime('process');
  // Its node has a root of its own.
  const producer = await services.runtime(
    'process',
    producerPaths(devnetFolder(services.paths.root, network)),
  );
  const request = {
    signal,
    ...(tail === undefined ? {} : { tail }),
    ...(follow === undefined ? {} : { follow }),
  };
  const open = (part: 'service' | Layer) =>
    part === 'service'
      ? own.logs(devnetUnitName(network), request)
      : producer.logs(unitName(producerName, part), request);
  const sources = chosen.map(
    (part): LogSource => ({ node: network, layer: part, lines: open(part)[Symbol.asyncIterator]() }),
  );
  yield* readSources(sources, follow === true, signal);
}
