/**
 * The direction table. A row imports only rows before it and its own unit; what it stands for is told in
 * docs/explanation/architecture.md.
 */
export type Layer =
  | 'base'
  | 'core'
  | 'port'
  | 'shared'
  | 'adapter'
  | 'config'
  | 'operations'
  | 'door'
  | 'app';

export interface Place {
  readonly layer: Layer;
  /** Files of one unit may import one another: a folder, or an area's files outside its adapters. */
  readonly unit: string;
}

const rank: Readonly<Record<Layer, number>> = {
  base: 0,
  core: 1,
  port: 2,
  shared: 3,
  adapter: 4,
  config: 5,
  operations: 6,
  door: 7,
  app: 8,
};

/** Interfaces between the domain and the world, with their plain types and nothing else. */
const ports: readonly string[] = [
  'src/chain/beacon.ts',
  'src/chain/checkpoint-provider.ts',
  'src/chain/node-network.ts',
  'src/chain/node-probe.ts',
  'src/chain/engine.ts',
  'src/chain/execution.ts',
  'src/chain/keymanager.ts',
  'src/releases/release-source.ts',
  'src/runtimes/runtime.ts',
  'src/storage/node-store.ts',
  'src/storage/history.ts',
];

/** Areas with a port and one folder an adapter: files beside the folders, and its conformance suite, are shared by these adapters alone. */
const areas: readonly string[] = ['chain', 'runtimes', 'storage', 'protocols'];
/** Engines: the whole folder is one unit, beside its port where it has one. */
const engines: readonly string[] = [
  'artifacts',
  'genesis',
  'keys',
  'mayfly',
  'mayfly-validator',
  'backup',
  'monitor',
  'alerts',
  'releases',
  'protection',
  'signer',
];
const rows: Readonly<Record<string, Layer>> = {
  base: 'base',
  core: 'core',
  config: 'config',
  operations: 'operations',
  server: 'door',
  cli: 'door',
  app: 'app',
};

/** Where a source file stands; undefined when its folder is not in the table. */
export function placeOf(path: string): Place | undefined {
  const [root, folder = '', child = '', ...rest] = path.split('/');
  if (root !== 'src') return undefined;
  const row = rows[folder];
  if (row !== undefined) return { layer: row, unit: folder };
  if (ports.includes(path)) return { layer: 'port', unit: folder };
  if (engines.includes(folder)) return { layer: 'adapter', unit: folder };
  if (!areas.includes(folder)) return undefined;
  return rest.length === 0 || child === 'conformance'
    ? { layer: 'shared', unit: folder }
    : { layer: 'adapter', unit: `${folder}/${child}` };
}

/** Why `from` may not import `to`; undefined when it may. */
export function refusal(from: Place, to: Place): string | undefined {
  if (to.layer === 'app' && from.layer !== 'app') return 'nobody imports app';
  if (from.unit === to.unit && !(from.layer === 'port' && to.layer !== 'port')) return undefined;
  if (to.layer === 'shared' && !isWithin(from.unit, to.unit) && rank[from.layer] <= rank.adapter) {
    return `what ${to.unit} shares is for its own adapters`;
  }
  if (from.layer === 'adapter' && to.layer === 'adapter')
    return 'adapters and engines never import one another';
  if (from.layer === 'door' && (to.layer === 'adapter' || to.layer === 'shared')) {
    return 'operations are the only door for server and cli';
  }
  if (rank[to.layer] >= rank[from.layer]) return `${from.layer} stands before ${to.layer}`;
  return undefined;
}

function isWithin(unit: string, area: string): boolean {
  return unit === area || unit.startsWith(`${area}/`);
}
