import type { ClientReportEntry, ClientsReport } from '../../operations/list-clients.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

/** The catalogue for people. */
export function clientsText({ clients, refused, nextFork }: ClientsReport, style: Style): string {
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
  return [tableText([head.map((word) => style.strong(word)), ...rows]), ...no].join('\n');
}

function sources({ sources: all, platforms }: ClientReportEntry): string {
  return all
    .map(({ kind }) => (kind === 'archive' ? `archive (${platforms.join(', ')})` : kind))
    .filter((word) => word !== 'path')
    .join(', ');
}
