import type { ContainerCreateOptions } from 'dockerode';
import type { Mount, PublishedPort, TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import type { InstalledProgram } from '../runtime.ts';
import { type ContainerNames, hostNameOf, labels, nodeOf } from './container-names.ts';
import type { EngineFacts } from './engine.ts';
import { containerErrors } from './errors.ts';

export interface ContainerPlace {
  readonly names: ContainerNames;
  readonly facts: Pick<EngineFacts, 'product' | 'rootless' | 'selinux'>;
  /** Our own user and group: what a container writes under the root is ours. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Random: tells this run from any other. */
  readonly run: string;
  readonly startedAtMs: number;
  /** The image as the engine knows it. */
  readonly image: string;
}

/** Where a program finds each of its mounts. */
export function insidePath(key: string): string {
  return `/ephemery/${key}`;
}

const logMegabytes = 64;

/** What the engine is asked to make of a unit or task. */
export function containerOptions(
  program: InstalledProgram,
  spec: UnitSpec | TaskSpec,
  place: ContainerPlace,
): ContainerCreateOptions {
  const { names, run, image } = place;
  const unit = 'stop' in spec ? spec : undefined;
  const onHost = spec.network === 'host';
  const published = onHost ? [] : (unit?.ports ?? []);
  return {
    name: names.container(spec.name),
    Image: image,
    ...(program.command.length === 0 ? {} : { Entrypoint: [...program.command] }),
    Cmd: [...spec.args],
    // Many programs want a home that they can write to, and the root of an image is read-only.
    Env: Object.entries({ HOME: '/tmp', ...program.env, ...spec.env }).map(
      ([key, value]) => `${key}=${value}`,
    ),
    ...(spec.workingMount === undefined ? {} : { WorkingDir: insidePath(spec.workingMount) }),
    User: userOf(spec, place),
    Labels: {
      [labels.root]: names.rootId,
      [labels.rootPath]: names.rootPath,
      [labels.node]: nodeOf(spec.name),
      [labels.unit]: spec.name,
      [labels.run]: run,
      [labels.at]: String(place.startedAtMs),
    },
    // For an engine or a host that shuts down: we ourselves send the signal and wait.
    ...(unit === undefined
      ? {}
      : { StopSignal: unit.stop.signal, StopTimeout: Math.ceil(unit.stop.deadlineMs / 1000) }),
    ExposedPorts: Object.fromEntries(published.map((port) => [portKey(port), {}])),
    HostConfig: {
      ...confinement(place),
      ...limits(spec),
      Mounts: spec.mounts.map(bindMount),
      PortBindings: Object.fromEntries(published.map((port) => [portKey(port), [bindingOf(port)]])),
      NetworkMode: onHost ? 'host' : names.network(nodeOf(spec.name)),
      LogConfig: logConfig(place.facts),
    },
    ...(onHost
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: {
              [names.network(nodeOf(spec.name))]: { Aliases: [hostNameOf(spec.name)] },
            },
          },
        }),
  };
}

/**
 * As little as a client needs: its mounts and /tmp to write to, no capability, no way to get one. The engine
 * never starts it again: the supervisor does, which knows whether it should run.
 */
function confinement({ facts }: ContainerPlace): ContainerCreateOptions['HostConfig'] {
  return {
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', ...(facts.selinux ? ['label=disable'] : [])],
    // Some clients unpack libraries there and load them.
    Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,mode=1777' },
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
    Privileged: false,
    ...(facts.rootless && facts.product === 'podman' ? { UsernsMode: 'keep-id' } : {}),
  };
}

/** As which user of the host a unit or task runs. Throws EPH-RUNTIME-NEEDS-A-USER. */
export function hostUser(
  spec: Pick<UnitSpec | TaskSpec, 'name' | 'refusesRoot'>,
  { facts, user }: Pick<ContainerPlace, 'facts' | 'user'>,
): ContainerPlace['user'] {
  if (spec.refusesRoot !== true) return user;
  if (isRootInside(facts)) throw containerErrors.create('EPH-RUNTIME-NEEDS-A-USER', { unit: spec.name });
  return user.uid === 0 ? nobodyOfOurs : user;
}

/** Stands in for root where a program refuses to be that; the number means nothing, and is nobody's on most hosts. */
const nobodyOfOurs = { uid: 63_160, gid: 63_160 } as const;

/** Under a rootless Docker the container's root is our own user. */
function isRootInside({ rootless, product }: ContainerPlace['facts']): boolean {
  return rootless && product === 'docker';
}

function userOf(spec: UnitSpec | TaskSpec, place: ContainerPlace): string {
  const { uid, gid } = hostUser(spec, place);
  return isRootInside(place.facts) ? '0:0' : `${uid}:${gid}`;
}

function limits(spec: UnitSpec | TaskSpec): ContainerCreateOptions['HostConfig'] {
  const { memoryBytes, cpus } = spec.limits ?? {};
  return {
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
  };
}

function bindMount({ key, hostPath, writable }: Mount) {
  return { Type: 'bind' as const, Source: hostPath, Target: insidePath(key), ReadOnly: !writable };
}

function portKey({ port, protocol }: PublishedPort): string {
  return `${port}/${protocol}`;
}

/** No address is every address: netavark of Podman 4 takes 0.0.0.0 for one that packets are sent to, and none comes through. */
function bindingOf({ port, exposure }: PublishedPort) {
  return { HostIp: exposure === 'public' ? '' : '127.0.0.1', HostPort: String(port) };
}

/** Both keep the youngest lines within the bound; Podman knows no number of files. */
function logConfig({ product }: ContainerPlace['facts']) {
  if (product === 'podman') return { Type: 'k8s-file', Config: { 'max-size': `${logMegabytes}m` } };
  return { Type: 'json-file', Config: { 'max-size': `${logMegabytes / 4}m`, 'max-file': '4' } };
}
