import type { LogReport } from '../control/reports.ts';
import type { LogsRequest } from '../control/requests.ts';
import type { Services } from '../services.ts';
import { devnetUnitName } from '../supervisor/devnet-units.ts';

/** What the program of a local network printed; `node` names the network. */
export async function* readServiceLogs(
  services: Services,
  { node = 'devnet', tail, follow }: LogsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogReport> {
  const runtime = await services.runtime('process');
  const lines = runtime.logs(devnetUnitName(node), {
    signal,
    ...(tail === undefined ? {} : { tail }),
    ...(follow === undefined ? {} : { follow }),
  });
  for await (const line of lines) yield { node, layer: 'service', line };
}
