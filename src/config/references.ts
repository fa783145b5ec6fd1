import { externalRuntime } from '../core/external/external-runtime.ts';
import { chainLayers } from '../core/node/desired.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblem } from './errors.ts';
import { closest, formatKeyPath } from './problems.ts';
import type { Config, NodeConfig } from './schema.ts';

/** Networks that need no declaration. */
const builtinNetworks = ['ephemery', 'devnet'] as const;

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
  readonly remedy: string;
}

/** What one key says about another: names that must exist, keys that have one owner. */
export function referenceProblems(config: Config, source: ConfigDocument): readonly ConfigProblem[] {
  return [
    ...unknownNetworks(config),
    ...redeclaredNetworks(config),
    ...unknownKeySets(config),
    ...sharedKeySets(config),
    ...unknownHookNodes(config),
    ...externalProblems(config),
  ].map(({ path, problem, remedy }) => ({
    ...source.position(path),
    keyPath: formatKeyPath(path),
    problem,
    remedy,
  }));
}

function unknownNetworks(config: Config): Finding[] {
  const known = [...new Set([...builtinNetworks, ...Object.keys(config.networks)])];
  return Object.entries(config.nodes)
    .filter(([, node]) => !known.includes(node.network))
    .map(([name, node]) => notFound(['nodes', name, 'network'], 'network', { wanted: node.network, known }));
}

/** The public network is what it is; a devnet may be given other times under its own name. */
function redeclaredNetworks(config: Config): Finding[] {
  return Object.entries(config.networks)
    .filter(([name, network]) => name === 'ephemery' || (name === 'devnet' && network.devnet === undefined))
    .map(([name]) => ({
      path: ['networks', name],
      problem: `the network ${name} is built in and cannot be declared`,
      remedy: 'Give the network another name.',
    }));
}

function keySetUses(config: Config): { path: readonly PropertyKey[]; keySet: string; node: string }[] {
  return Object.entries(config.nodes).flatMap(([node, { validator }]) =>
    (validator?.keySets ?? []).map((keySet, index) => ({
      path: ['nodes', node, 'validator', 'keySets', index],
      keySet,
      node,
    })),
  );
}

function unknownKeySets(config: Config): Finding[] {
  const known = Object.keys(config.keySets);
  return keySetUses(config)
    .filter(({ keySet }) => !known.includes(keySet))
    .map(({ path, keySet }) => notFound(path, 'key set', { wanted: keySet, known }));
}

/** One key, one signer: two nodes with the same keys would be slashed. */
function sharedKeySets(config: Config): Finding[] {
  const owners = new Map<string, string>();
  return keySetUses(config).flatMap(({ path, keySet, node }) => {
    const owner = owners.get(keySet);
    owners.set(keySet, owner ?? node);
    if (owner === undefined) return [];
    const problem = `the key set ${keySet} belongs to the node ${owner} already`;
    return [
      { path, problem, remedy: 'Give each key set to exactly one node: a key that signs twice is slashed.' },
    ];
  });
}

function unknownHookNodes(config: Config): Finding[] {
  const known = Object.keys(config.nodes);
  return config.hooks.flatMap((hook, index) =>
    (hook.nodes ?? []).flatMap((wanted, item) =>
      known.includes(wanted) ? [] : [notFound(['hooks', index, 'nodes', item], 'node', { wanted, known })],
    ),
  );
}

/** Of a node that somebody else runs only the addresses are said; of one of ours never. */
function externalProblems(config: Config): Finding[] {
  return Object.entries(config.nodes).flatMap(([name, node]) =>
    node.runtime === externalRuntime ? missingUrls(name, node) : uselessUrls(name, node),
  );
}

function missingUrls(name: string, node: NodeConfig): Finding[] {
  const missing = chainLayers
    .filter((layer) => node[layer].url === undefined)
    .map((layer) => ({
      path: ['nodes', name, layer],
      problem: `the address of the ${layer} client is missing, and the runtime external needs it`,
      remedy: 'Say where it answers, for instance url: http://127.0.0.1:5052',
    }));
  if (node.validator === undefined) return missing;
  const problem = 'a node that is only observed has no validator client of ours';
  const remedy = 'Remove it, or give the node another runtime.';
  return [...missing, { path: ['nodes', name, 'validator'], problem, remedy }];
}

function uselessUrls(name: string, node: NodeConfig): Finding[] {
  return chainLayers
    .filter((layer) => node[layer].url !== undefined)
    .map((layer) => ({
      path: ['nodes', name, layer, 'url'],
      problem: `an address is only for the runtime external, and this is ${node.runtime}`,
      remedy: 'Remove url, or write runtime: external.',
    }));
}

function notFound(
  path: readonly PropertyKey[],
  what: string,
  { wanted, known }: { wanted: string; known: readonly string[] },
): Finding {
  const close = closest(wanted, known);
  const list = known.length === 0 ? `No ${what} is declared.` : `Known: ${known.join(', ')}.`;
  return {
    path,
    problem: `there is no ${what} ${wanted}`,
    remedy: close === undefined ? `Declare it, or choose another. ${list}` : `Did you mean ${close}?`,
  };
}
