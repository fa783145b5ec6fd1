import type { ClientInUse, ClientsInUse } from '../../operations/clients/clients-in-use.ts';
import type { Published } from '../../operations/clients/published-releases.ts';
import type { ClientReportEntry, ClientsReport } from '../../operations/list-clients.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { type Checked, publishedCell, publishedNotes } from './published-text.ts';

export interface ClientsView extends ClientsReport {
  readonly clients: readonly Checked<ClientReportEntry>[];
  readonly nodes: readonly Checked<ClientInUse>[];
  readonly unusable?: ClientsInUse['unusable'];
}

/** What nodes have, and the catalogue, for people; with what is published, where that was asked for. */
export function clientsText(
  { clients, refused, nextFork, nodes, unusable }: ClientsView,
  style: Style,
): string {
  const wasAsked = [...clients, ...nodes].some(({ published }) => published !== undefined);
  const cell = (published: Published | undefined) => (wasAsked ? [publishedCell(published, style)] : []);
  const column = wasAsked ? ['published'] : [];
  const head = ['client', 'layer', 'id', 'version', ...column, 'reaches', `for ${nextFork}`, 'from'];
  const rows = clients.map((client) => [
    client.displayName,
    client.layer,
    client.id,
    client.defaultVersion ?? '',
    ...cell(client.published),
    client.highestFork,
    client.minimumForNextFork ?? 'none yet',
    sources(client),
  ]);
  const no = refused.map(
    ({ displayName, layer, reason, remedy }) => `${displayName} as ${layer} client: ${reason} ${remedy}`,
  );
  const catalogue = [tableText([head.map((word) => style.strong(word)), ...rows]), ...no].join('\n');
  const inUse = nodes.length === 0 ? [] : [inUseText({ nodes, cell, column }, style)];
  const notes = publishedNotes({ clients, nodes });
  return [
    ...unusableText(unusable, style),
    ...inUse,
    catalogue,
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
  ].join('\n\n');
}

function unusableText(unusable: ClientsView['unusable'], style: Style): readonly string[] {
  if (unusable === undefined) return [];
  const { code, message, remedy } = unusable;
  return [`${style.warning(code)} ${message}\n  ${remedy}\n  Of the clients of its nodes nothing is told.`];
}

const here = { yes: 'yes', no: 'no', elsewhere: 'on this host' } as const;

interface InUse {
  readonly nodes: ClientsView['nodes'];
  readonly cell: (published: Published | undefined) => readonly string[];
  readonly column: readonly string[];
}

function inUseText({ nodes, cell, column }: InUse, style: Style): string {
  const head = ['node', 'layer', 'id', 'pinned', 'available', ...column, 'at least', 'installed', 'running'];
  const rows = nodes.map(({ node, layer, client, pinned, running, published, ...catalogued }) => [
    ...[node, layer, client, pinned ?? 'not yet', catalogued.available ?? 'your own', ...cell(published)],
    leastText(catalogued),
    whereText({ node, ...catalogued }, nodes),
    running !== undefined && pinned !== undefined && running !== pinned
      ? style.warning(`${running} until started again`)
      : (running ?? 'no'),
  ]);
  return tableText([head.map((word) => style.strong(word)), ...rows]);
}

/** Where its program is: in that of another client, it is where that one is. */
function whereText(
  { node, inside, installed }: Pick<ClientInUse, 'node' | 'inside' | 'installed'>,
  nodes: readonly ClientInUse[],
): string {
  const host = nodes.find((other) => other.node === node && other.layer === inside);
  return inside === undefined ? here[installed] : `inside ${host?.client ?? inside}`;
}

/** A network of which no release is here may want anything. */
function leastText({ scheduledFork, minimum }: Pick<ClientInUse, 'scheduledFork' | 'minimum'>): string {
  if (scheduledFork === undefined) return 'no release here';
  return `${minimum ?? 'none'} (${scheduledFork})`;
}

function sources({ sources: all, platforms, hostedBy }: ClientReportEntry): string {
  if (hostedBy !== undefined) return `inside ${hostedBy}`;
  return all
    .map(({ kind }) => (kind === 'archive' ? `archive (${platforms.join(', ')})` : kind))
    .filter((word) => word !== 'path')
    .join(', ');
}
