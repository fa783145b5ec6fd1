import type { LayerPeersReport, PeersReport } from '../../operations/control/watch-reports.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { findingText } from './finding-text.ts';

const mostClients = 6;

/** A node's peers, for people. */
export function peersText({ node, network, layers, findings }: PeersReport, style: Style): string {
  const rows = layers.map((layer) => [
    '',
    layer.layer,
    layer.client,
    countText(layer, style),
    mixText(layer),
  ]);
  return [
    `${style.strong(node)} on ${network}`,
    layers.length === 0 ? '  not looked at yet' : tableText(rows),
    ...findings.map((finding) => findingText(finding, style)),
  ].join('\n');
}

function countText({ connected, inbound, outbound, unknown }: LayerPeersReport, style: Style): string {
  if (connected === undefined) return style.warning(`not known: ${plainText(unknown ?? '')}`);
  const directions = inbound === undefined ? '' : ` (${inbound} called us, we called ${outbound ?? 0})`;
  const text = `${connected} peers${directions}`;
  return connected === 0 ? style.warning(text) : text;
}

function mixText({ clients }: LayerPeersReport): string {
  const shown = clients.slice(0, mostClients).map(({ client, count }) => `${client} ${count}`);
  const rest = clients.slice(mostClients).reduce((sum, { count }) => sum + count, 0);
  return [...shown, ...(rest === 0 ? [] : [`others ${rest}`])].join(', ');
}
