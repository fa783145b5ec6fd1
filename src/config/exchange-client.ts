import { isAlias, isMap, isNode, isScalar, type Pair, YAMLMap } from 'yaml';
import type { ConfigEdit } from './edit.ts';
import { configErrors } from './errors.ts';
import { ownSettingNames } from './parts/client.ts';
import type { ClientConfig } from './schema.ts';

type EditedDocument = Parameters<ConfigEdit>[0];
type OwnSettings = { readonly [key in (typeof ownSettingNames)[number]]?: ClientConfig[key] | undefined };

/** Which settings of a client say something, in the order of the reference. */
export function settingsIn(client: OwnSettings): readonly string[] {
  return ownSettingNames.filter((key) => {
    const value = client[key];
    return value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0);
  });
}

/**
 * Puts another client where one stands in the file. What was set for the one goes under `former`, and what is there of
 * the other comes back; the YAML itself is moved, so that comments and ways of writing go with it. Throws
 * EPH-CONFIG-SHARED-TEXT.
 */
export function exchangeClient(
  document: EditedDocument,
  path: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): void {
  refuseSharedText(document, path);
  document.setIn([...path, 'client'], to);
  const client = document.getIn(path, true);
  if (!isMap(client)) return;
  const kept = taken(client, ownSettingNames);
  const [former] = taken(client, ['former']);
  const others = isMap(former?.value) ? former.value : new YAMLMap();
  const [back] = taken(others, [to]);
  taken(others, [from]);
  if (kept.length > 0) others.set(from, mapOf(kept));
  if (others.items.length > 0) client.set('former', others);
  const restored = isMap(back?.value) ? pairsOf(back.value) : [];
  client.items.splice(1 + client.items.findIndex(({ key }) => nameOf(key) === 'client'), 0, ...restored);
}

/** Text with an anchor is that of other nodes too, which nobody asked to change. */
function refuseSharedText(document: EditedDocument, path: readonly string[]): void {
  for (let length = 1; length <= path.length; length += 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (!isAlias(node) && !(isNode(node) && 'anchor' in node && node.anchor !== undefined)) continue;
    throw configErrors.create('EPH-CONFIG-SHARED-TEXT', { keyPath: path.slice(0, length).join('.') });
  }
}

/** These keys of a map, which has them no more. */
function taken(map: YAMLMap, names: readonly string[]): readonly Pair[] {
  const isWanted = ({ key }: Pair) => names.includes(nameOf(key));
  const pairs = map.items.filter(isWanted);
  map.items = map.items.filter((pair) => !isWanted(pair));
  return pairs;
}

function mapOf(pairs: readonly Pair[]): YAMLMap {
  const map = new YAMLMap();
  map.items.push(...pairs);
  return map;
}

/** A comment before the first of them is read as one of the map. */
function pairsOf(map: YAMLMap): readonly Pair[] {
  const first = map.items[0]?.key;
  if (isScalar(first) && map.commentBefore != null) first.commentBefore = map.commentBefore;
  return map.items;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
