import type { ClientInUse } from '../../operations/clients/clients-in-use.ts';
import type { Published } from '../../operations/clients/published-releases.ts';
import type { ClientReportEntry } from '../../operations/list-clients.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';

/** A row, with what its publisher has where that was asked for. */
export type Checked<T> = T & { readonly published?: Published };

export function publishedCell(published: Published | undefined, style: Style): string {
  if (published === undefined || 'unknown' in published) return 'unknown';
  return published.isNewer ? style.warning(`${published.version}, newer`) : published.version;
}

interface Rows {
  readonly clients: readonly Checked<ClientReportEntry>[];
  readonly nodes: readonly Checked<ClientInUse>[];
}

/** How what is newer can be had, and why what is unknown is so. */
export function publishedNotes({ clients, nodes }: Rows): readonly string[] {
  const takes = nodes.flatMap((entry) => takeText(entry));
  const isNewer = clients.some(({ published }) => newer(published) !== undefined);
  const untried = isNewer
    ? ['What is newer than the catalogue was not tried with this version of Ephemery Node.']
    : [];
  return [...takes, ...untried, ...unknownText({ clients, nodes })];
}

function newer(published: Published | undefined) {
  return published === undefined || 'unknown' in published || !published.isNewer ? undefined : published;
}

function takeText({ node, layer, client, pinned, available, published }: Checked<ClientInUse>): string[] {
  const found = newer(published);
  if (found === undefined) return [];
  const { version, address, pinBy } = found;
  const place = `nodes.${node}.${layer === 'database' ? 'signer.database' : layer}`;
  const file = pinBy === 'artifact' ? ', and its file with its checksum under `artifact` there' : '';
  return [
    `${node}: ${client} ${version} is newer than ${pinned ?? available ?? 'yours'}: ${address}`,
    `  To take it: set \`version: "${version}"\` at ${place}${file}; then \`ephemery artifacts update\`.`,
  ];
}

/** Each reason once, with all that it keeps unknown. */
function unknownText({ clients, nodes }: Rows): string[] {
  const reasons = new Map<string, Set<string>>();
  const rows = [
    ...nodes.map(({ node, client, published }) => ({ name: `${client} of ${node}`, published })),
    ...clients.map(({ displayName, published }) => ({ name: displayName, published })),
  ];
  for (const { name, published } of rows) {
    if (published === undefined || !('unknown' in published)) continue;
    const reason = plainText(published.unknown);
    reasons.set(reason, (reasons.get(reason) ?? new Set()).add(name));
  }
  return [...reasons].map(([reason, names]) => `Unknown for ${[...names].join(', ')}: ${reason}.`);
}
