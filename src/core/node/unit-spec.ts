import type { ClientContext, ClientDefinition, ClientTask, KeySetView } from '../clients/client.ts';
import type { Mount, PublishedPort, TaskSpec, UnitSpec } from '../clients/units.ts';
import type { ReleaseBundle } from '../network/bundle.ts';
import type { UnitLayer } from './desired.ts';

/** The unit of a node's layer; unique within the root. */
export function unitName(node: string, layer: UnitLayer): string {
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
  /** Validator clients only: the token of the keymanager API. */
  readonly keymanagerToken?: string;
  /** Signers only: the file of options with the password of the database. */
  readonly signerOptions?: string;
  /** Databases only. */
  readonly password?: string;
  readonly socket?: string;
}

export const signerOptionsKey = 'signerOptions';

/** The paths that a unit sees, and no others. */
export function unitMounts(paths: UnitPaths): readonly Mount[] {
  const keySets = Object.entries(paths.keySets ?? {});
  return [
    { key: 'data', hostPath: paths.data, writable: true },
    { key: 'bundle', hostPath: paths.bundle, writable: false },
    { key: 'identity', hostPath: paths.identity, writable: false },
    ...(paths.jwt === undefined ? [] : [{ key: 'jwt', hostPath: paths.jwt, writable: false }]),
    ...(paths.keymanagerToken === undefined
      ? []
      : [{ key: 'keymanagerToken', hostPath: paths.keymanagerToken, writable: false }]),
    ...(paths.signerOptions === undefined
      ? []
      : [{ key: signerOptionsKey, hostPath: paths.signerOptions, writable: false }]),
    ...(paths.password === undefined ? [] : [{ key: 'password', hostPath: paths.password, writable: false }]),
    ...(paths.socket === undefined ? [] : [{ key: 'socket', hostPath: paths.socket, writable: true }]),
    ...keySets.map(([set, hostPath]) => ({ key: `${keySetKey}${set}`, hostPath, writable: false })),
  ];
}

/** What of a client's context comes from the node's configuration, its neighbours and its runtime. */
export type ClientSettings = Omit<
  ClientContext,
  'node' | 'identity' | 'highestFork' | 'enodes' | 'bootstrapEnrs' | 'paths' | 'keySets'
> & {
  /** Validator clients only: the address that gets the fees of a key set's proposals. */
  readonly feeRecipients?: Readonly<Record<string, string>>;
};

const keySetKey = 'keys.';

function keySetViews(
  paths: Readonly<Record<string, string>>,
  feeRecipients: Readonly<Record<string, string>> = {},
): readonly KeySetView[] {
  return Object.entries(paths)
    .filter(([key]) => key.startsWith(keySetKey))
    .map(([key, folder]) => {
      const name = key.slice(keySetKey.length);
      const feeRecipient = feeRecipients[name];
      return {
        name,
        keystores: `${folder}/keystores`,
        secrets: `${folder}/secrets`,
        ...(feeRecipient === undefined ? {} : { feeRecipient }),
      };
    });
}

/** A client's context: `paths` as the program sees them, by mount key. */
export function clientContext(
  given: { readonly node: string; readonly bundle: ReleaseBundle; readonly settings: ClientSettings },
  paths: Readonly<Record<string, string>>,
): ClientContext {
  const { node, bundle, settings } = given;
  const { feeRecipients, ...known } = settings;
  const { data = '', bundle: bundlePath = '', identity = '', jwt = '' } = paths;
  const { keymanagerToken, password, socket } = paths;
  return {
    node,
    identity: bundle.identity,
    highestFork: bundle.highestFork,
    enodes: bundle.enodes,
    bootstrapEnrs: bundle.bootstrapEnrs,
    paths: {
      data,
      bundle: bundlePath,
      identity,
      jwt,
      ...(keymanagerToken === undefined ? {} : { keymanagerToken }),
      ...(password === undefined ? {} : { password }),
      ...(socket === undefined ? {} : { socket }),
    },
    keySets: keySetViews(paths, feeRecipients),
    ...known,
  };
}

/** What a client listens on at this host's addresses; `ports` by name. Those of `publish` are on all of them. */
export function publishedPorts(
  definition: Pick<ClientDefinition, 'ports'>,
  ports: Readonly<Record<string, number>>,
  publish: readonly string[] = [],
): readonly PublishedPort[] {
  return definition.ports.flatMap(({ name, protocol, exposure }) => {
    const port = ports[name];
    if (port === undefined || exposure === 'node') return [];
    const protocols = protocol === 'tcp+udp' ? (['tcp', 'udp'] as const) : [protocol];
    const reach = publish.includes(name) ? 'public' : exposure;
    return protocols.map((spoken) => ({ name, protocol: spoken, port, exposure: reach }));
  });
}

/** What of a unit or task does not come from its client. */
export type UnitPlace = Pick<UnitSpec, 'name' | 'mounts' | 'limits' | 'network' | 'refusesRoot'>;

/** A unit's place, and what of it others than its neighbours may reach. */
export type UnitReach = UnitPlace & { readonly publish?: readonly string[] };

/** The unit that a client's definition makes of its context. */
export function unitSpec(
  definition: ClientDefinition,
  context: ClientContext,
  { publish, ...unit }: UnitReach,
): UnitSpec {
  return {
    ...definition.program(context),
    ...unit,
    workingMount: 'data',
    ports: publishedPorts(definition, context.ports, publish),
    stop: definition.stop,
    readiness: definition.readiness(context),
    ...(definition.refusesRoot === true ? { refusesRoot: true } : {}),
  };
}

/** The tasks that prepare a client's new data directory. */
export function taskSpecs(
  definition: ClientDefinition,
  context: ClientContext,
  unit: UnitPlace,
): readonly TaskSpec[] {
  return definition.tasks(context).map((task) => taskSpec(task, unit));
}

export function taskSpec({ name, args, env, deadlineMs }: ClientTask, unit: UnitPlace): TaskSpec {
  return { ...unit, name: `${unit.name}.${name}`, args, env, deadlineMs, workingMount: 'data' };
}
