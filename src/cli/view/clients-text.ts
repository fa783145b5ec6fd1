import type { ClientInUse } from '../../operations/clients/clients-in-use.ts';
import type { ClientReportEntry, ClientsReport } from '../../operations/list-clients.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

/** What nodes have, and the catalogue, for people. */
export function clientsText(
  { clients, refused, nextFork, nodes }: ClientsReport & { readonly nodes: readonly ClientInUse[] },
  style: Style,
): string {
  const head = ['client', 'layer', 'id', 'version', 'reaches', `for ${nextFork}`, 'from'];
  const rows = clients.map((client) => [
    client.displayName,
    client.layer,
    client.id,
    client.defaultVersion ?? '',
    client.highestFork,
    client.minimumForNextFork ?? 'none yet',
    sources(client),
  ]);
  const no = refused.map(
    ({ displayName, layer, reason, remedy }) => `${displayName} as ${layer} client: ${reason} ${remedy}`,
  );
  const catalogue = [tableText([head.map((word) => style.strong(word)), ...rows]), ...no].join('\n');
  return nodes.length === 0 ? catalogue : `${inUseText(nodes, style)}\n\n${catalogue}`;
}

const here = { yes: 'yes', no: 'no', elsewhere: 'on this host' } as const;

function inUseText(nodes: readonly ClientInUse[], style: Style): string {
  const head = ['node', 'layer', 'id', 'pinned', 'available', 'at least', 'installed', 'running'];
  const rows = nodes.map(({ node, layer, client, pinned, installed, running, ...catalogued }) => [
    ...[node, layer, client, pinned ?? 'not yet', catalogued.available ?? 'your own', leastText(catalogued)],
    here[installed],
    running !== undefined && pinned !== undefined && running !== pinned
      ? style.warning(`${running} until started again`)
      : (running ?? 'no'),
  ]);
  return tableText([head.map((word) => style.strong(word)), ...rows]);
}

/** A network of which no release is here may want anything. */
function leastText({ scheduledFork, minimum }: Pick<ClientInUse, 'scheduledFork' | 'minimum'>): string {
  if (scheduledFork === undefined) return 'no release here';
  return `${minimum ?? 'none'} (${scheduledFork})`;
}

function sources({ sources: all, platforms }: ClientReportEntry): string {
  return all
    .map(({ kind }) => (kind === 'archive' ? `archive (${platforms.join(', ')})` : kind))
    .filter((word) => word !== 'path')
    .join(', ');
}
