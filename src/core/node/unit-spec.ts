import type { ClientContext, ClientDefinition } from '../clients/client.ts';
import type { Mount, PublishedPort, TaskSpec, UnitSpec } from '../clients/units.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import type { NodeLayer } from './desired.ts';

/** The unit of a node's layer; unique within the root. */
export function unitName(node: string, layer: NodeLayer): string {
  return `${node}.${layer}`;
}

/** Where a unit's files lie on the host. */
export interface UnitPaths {
  readonly data: string;
  readonly bundle: string;
  readonly identity: string;
  /** Chain clients only: a validator client has no business with the engine's secret. */
  readonly jwt?: string;
  /** Validator clients only: key set to folder. */
  readonly keySets?: Readonly<Record<string, string>>;
}

/** The paths that a unit sees, and no others. */
export function unitMounts(paths: UnitPaths): readonly Mount[] {
  const keySets = Object.entries(paths.keySets ?? {});
  return [
    { key: 'data', hostPath: paths.data, writable: true },
    { key: 'bundle', hostPath: paths.bundle, writable: false },
    { key: 'identity', hostPath: paths.identity, writable: false },
    ...(paths.jwt === undefined ? [] : [{ key: 'jwt', hostPath: paths.jwt, writable: false }]),
    ...keySets.map(([set, hostPath]) => ({ key: `keys.${set}`, hostPath, writable: false })),
  ];
}

/** What of a client's context comes from the node's configuration. */
export interface ClientSettings {
  readonly ports: Readonly<Record<string, number>>;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly engineUrl?: string;
  readonly beaconUrl?: string;
  readonly followUrl?: string;
}

/** A client's context: `paths` as the program sees them, by mount key. */
export function clientContext(
  given: { readonly node: string; readonly bundle: ReleaseBundle; readonly settings: ClientSettings },
  paths: Readonly<Record<string, string>>,
): ClientContext {
  const { node, bundle, settings } = given;
  const { data = '', bundle: bundlePath = '', identity = '', jwt = '' } = paths;
  return {
    node,
    identity: bundle.identity,
    highestFork: bundle.highestFork,
    enodes: bundle.enodes,
    bootstrapEnrs: bundle.bootstrapEnrs,
    paths: { data, bundle: bundlePath, identity, jwt },
    ...settings,
  };
}

function publishedPorts(definition: ClientDefinition, context: ClientContext): readonly PublishedPort[] {
  return definition.ports.flatMap(({ name, protocol, exposure }) => {
    const port = context.ports[name];
    return port === undefined ? [] : [{ name, protocol, port, exposure }];
  });
}

/** The unit that a client's definition makes of its context. */
export function unitSpec(
  definition: ClientDefinition,
  context: ClientContext,
  unit: { readonly name: string; readonly mounts: readonly Mount[] },
): UnitSpec {
  return {
    ...definition.program(context),
    ...unit,
    workingMount: 'data',
    ports: publishedPorts(definition, context),
    stop: definition.stop,
    readiness: definition.readiness(context),
  };
}

/** The tasks that prepare a client's new data directory. */
export function taskSpecs(
  definition: ClientDefinition,
  context: ClientContext,
  unit: { readonly name: string; readonly mounts: readonly Mount[] },
): readonly TaskSpec[] {
  return definition.tasks(context).map(({ name, args, env, deadlineMs }) => ({
    name: `${unit.name}.${name}`,
    args,
    env,
    deadlineMs,
    mounts: unit.mounts,
    workingMount: 'data',
  }));
}
