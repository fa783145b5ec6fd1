import { isEphemeryError } from '../base/errors.ts';
import { hasProgramFor } from '../core/clients/artifact-choice.ts';
import type { ClientDefinition, Layer, RefusedClient } from '../core/clients/client.ts';
import { refuseManagedFlags, refuseManagedVariables } from '../core/clients/managed-flags.ts';
import { externalRuntime } from '../core/external/external-runtime.ts';
import { type ConfigProblem, configErrors } from './errors.ts';
import { ownDatabase } from './own-database.ts';
import { pairFindings } from './pair-check.ts';
import type { ParsedConfig } from './parse.ts';
import { closest, formatKeyPath } from './problems.ts';
import type { ClientConfig, NodeConfig } from './schema.ts';
import type { Found } from './signer-check.ts';

/** What this program can run, as the registries say. */
export interface Offer {
  readonly clients: readonly ClientDefinition[];
  /** Clients that people know and that cannot be run, with the reason. */
  readonly refused: readonly RefusedClient[];
  readonly runtimes: readonly string[];
  /** This host, as Node names it: `linux-x64`. */
  readonly platform: string;
}

interface Place {
  readonly path: readonly PropertyKey[];
  readonly layer: Layer;
  readonly client: ClientConfig;
  readonly runtime: string;
}

/**
 * Holds a configuration against what this program can run: clients and their layers, port names,
 * flags that we set ourselves, runtimes. Throws EPH-CONFIG-INVALID and EPH-CONFIG-RUNTIME-UNAVAILABLE.
 */
export function checkAgainstCatalogue({ config, source }: ParsedConfig, offer: Offer): void {
  const locate = (path: readonly PropertyKey[], problem: string, remedy: string): ConfigProblem => ({
    ...source.position(path),
    keyPath: formatKeyPath(path),
    problem,
    remedy,
  });
  const nodes = Object.entries(config.nodes);
  const ours = nodes.filter(([, node]) => node.runtime !== externalRuntime);
  const problems = [
    ...nodes.flatMap(([name, node]) => places(name, node)).flatMap((place) => placeFindings(place, offer)),
    ...ours.flatMap((node) => pairFindings(node, config, offer.clients)),
  ].map((found) => locate(...found));
  if (problems.length > 0) throw configErrors.create('EPH-CONFIG-INVALID', { file: source.file, problems });
  const absent = nodes
    .filter(([, node]) => node.runtime !== externalRuntime && !offer.runtimes.includes(node.runtime))
    .map(([name, node]) =>
      locate(
        ['nodes', name, 'runtime'],
        `the runtime ${node.runtime} is not part of this version`,
        `Use one of: ${offer.runtimes.join(', ')}.`,
      ),
    );
  if (absent.length === 0) return;
  throw configErrors.create('EPH-CONFIG-RUNTIME-UNAVAILABLE', { file: source.file, problems: absent });
}

function places(name: string, node: NodeConfig): Place[] {
  const { execution, consensus, validator, signer, runtime } = node;
  const database = ownDatabase(node);
  return [
    { path: ['nodes', name, 'execution'], layer: 'execution', client: execution, runtime },
    { path: ['nodes', name, 'consensus'], layer: 'consensus', client: consensus, runtime },
    ...(validator === undefined
      ? []
      : [{ path: ['nodes', name, 'validator'], layer: 'validator' as const, client: validator, runtime }]),
    ...(signer === undefined
      ? []
      : [{ path: ['nodes', name, 'signer'], layer: 'signer' as const, client: signer, runtime }]),
    ...(database === undefined
      ? []
      : [
          {
            path: ['nodes', name, 'signer', 'database'],
            layer: 'database' as const,
            client: database,
            runtime,
          },
        ]),
  ];
}

function placeFindings(place: Place, { clients, refused, platform }: Offer): Found[] {
  const { path, layer, client } = place;
  const refusal = refused.find((known) => known.layer === layer && known.id === client.client);
  if (refusal !== undefined) return [[[...path, 'client'], refusal.reason, refusal.remedy]];
  const ofLayer = clients.filter((candidate) => candidate.layer === layer);
  const definition = ofLayer.find(({ id }) => id === client.client);
  if (definition === undefined) {
    const ids = ofLayer.map(({ id }) => id);
    const close = closest(client.client, ids);
    const list = ids.length === 0 ? `This version has no ${layer} client yet.` : `Known: ${ids.join(', ')}.`;
    const remedy = close === undefined ? list : `Did you mean ${close}?`;
    return [[[...path, 'client'], `there is no ${layer} client ${client.client}`, remedy]];
  }
  return [
    ...runtimeFindings(place, definition, platform),
    ...unknownPorts(path, client, definition),
    ...unpublishable(place, definition),
    ...managedFlags(path, client, definition),
  ];
}

/** What only one of the runtimes can do. */
function runtimeFindings(
  { path, client, runtime }: Place,
  definition: ClientDefinition,
  platform: string,
): Found[] {
  const { artifact, limits } = client;
  if (runtime === externalRuntime || definition.hostedBy !== undefined) return [];
  if (runtime === 'container') {
    const hasImage = artifact?.kind === 'image' || definition.artifacts.some(({ kind }) => kind === 'image');
    if (artifact !== undefined && artifact.kind !== 'image') {
      const problem = `the runtime container runs images, and not an artifact of the kind ${artifact.kind}`;
      return [[[...path, 'artifact', 'kind'], problem, 'Name an image, or use the runtime process.']];
    }
    if (hasImage) return [];
    const problem = `nobody publishes an image of ${definition.displayName}`;
    return [[[...path, 'client'], problem, 'Name one: artifact: { kind: image, image: … }.']];
  }
  const remedy = 'Remove it, or use the runtime container.';
  return [
    ...(artifact === undefined && !hasProgramFor(definition, platform)
      ? [
          [
            [...path, 'client'],
            `nobody publishes ${definition.displayName} as a program for ${platform}`,
            'Name yours: artifact: { kind: path, path: … }, or use the runtime container.',
          ] satisfies Found,
        ]
      : []),
    ...(artifact?.kind === 'image'
      ? [
          [
            [...path, 'artifact', 'kind'],
            'an image is only run by the runtime container',
            remedy,
          ] satisfies Found,
        ]
      : []),
    ...(limits === undefined
      ? []
      : [
          [
            [...path, 'limits'],
            `the runtime ${runtime} cannot hold a program to limits`,
            remedy,
          ] satisfies Found,
        ]),
  ];
}

function unknownPorts(
  path: readonly PropertyKey[],
  client: ClientConfig,
  definition: ClientDefinition,
): Found[] {
  const known = definition.ports.map(({ name }) => name);
  return Object.keys(client.ports)
    .filter((name) => !known.includes(name))
    .map((name) => [
      [...path, 'ports', name],
      `${definition.displayName} has no port ${name}`,
      `Its ports: ${known.join(', ')}.`,
    ]);
}

/** Ports that are to be published, and cannot be. */
function unpublishable({ path, client, runtime }: Place, definition: ClientDefinition): Found[] {
  return (client.publish ?? []).flatMap((name, index): Found[] => {
    const at = [...path, 'publish', index];
    const remedy = 'Remove it.';
    if (runtime !== 'container')
      return [[at, `the runtime ${runtime} publishes no ports: its programs listen on loopback`, remedy]];
    const port = definition.ports.find((known) => known.name === name);
    const known = definition.ports.map((each) => each.name);
    if (port === undefined)
      return [[at, `${definition.displayName} has no port ${name}`, `Its ports: ${known.join(', ')}.`]];
    if (port.steers === true)
      return [[at, `whoever reaches the port ${name} can steer the client, or have it sign`, remedy]];
    return port.exposure === 'public' ? [[at, `the port ${name} is on every address already`, remedy]] : [];
  });
}

function managedFlags(
  path: readonly PropertyKey[],
  client: ClientConfig,
  definition: ClientDefinition,
): Found[] {
  return [
    ...client.args.flatMap((argument, index) =>
      refusal([...path, 'args', index], () => refuseManagedFlags(definition, [argument])),
    ),
    ...Object.keys(client.env).flatMap((variable) =>
      refusal([...path, 'env', variable], () => refuseManagedVariables(definition, [variable])),
    ),
  ];
}

function refusal(path: readonly PropertyKey[], check: () => void): Found[] {
  try {
    check();
    return [];
  } catch (refused) {
    if (!isEphemeryError(refused)) throw refused;
    return [[path, refused.message, refused.remedy]];
  }
}
