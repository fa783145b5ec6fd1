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
  const inUse = nodes.length === 0 ? [] : [inUseText({ nodes, clients, cell, column }, style)];
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

interface InUse extends Pick<ClientsView, 'nodes' | 'clients'> {
  readonly cell: (published: Published | undefined) => readonly string[];
  readonly column: readonly string[];
}

function inUseText({ nodes, clients, cell, column }: InUse, style: Style): string {
  const head = ['node', 'layer', 'id', 'pinned', 'available', ...column, 'at least', 'installed', 'running'];
  const rows = nodes.map(({ node, layer, client, pinned, installed, running, published, ...catalogued }) => [
    ...[node, layer, client, pinned ?? 'not yet', catalogued.available ?? 'your own', ...cell(published)],
    leastText(catalogued),
    insideText(clients.find((one) => one.layer === layer && one.id === client)) ?? here[installed],
    running !== undefined && pinned !== undefined && running !== pinned
      ? style.warning(`${running} until started again`)
      : (running ?? 'no'),
  ]);
  return tableText([head.map((word) => style.strong(word)), ...rows]);
}

/** Of a client without a program of its own, whose it is in. */
function insideText(client: ClientReportEntry | undefined): string | undefined {
  return client?.hostedBy === undefined ? undefined : `inside ${client.hostedBy}`;
}

/** A network of which no release is here may want anything. */
function leastText({ scheduledFork, minimum }: Pick<ClientInUse, 'scheduledFork' | 'minimum'>): string {
  if (scheduledFork === undefined) return 'no release here';
  return `${minimum ?? 'none'} (${scheduledFork})`;
}

function sources(client: ClientReportEntry): string {
  const { sources: all, platforms } = client;
  const inside = insideText(client);
  if (inside !== undefined) return inside;
  return all
    .map(({ kind }) => (kind === 'archive' ? `archive (${platforms.join(', ')})` : kind))
    .filter((word) => word !== 'path')
    .join(', ');
}
