import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { containerNames } from '../../runtimes/container/container-names.ts';
import { containerOptions } from '../../runtimes/container/container-options.ts';
import { exportHeader } from './export-header.ts';
import type { ExportedUnit } from './exported-units.ts';

export interface ComposePlace {
  readonly rootPath: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** A Compose file of what the container runtime would make, from the very options that it gives to the engine. */
export async function composeFile(units: readonly ExportedUnit[], place: ComposePlace): Promise<string> {
  const { stringify } = await import('yaml');
  const names = containerNames(place.rootPath);
  const services = Object.fromEntries(units.flatMap((unit) => servicesOf(unit, { ...place, names })));
  const networks = [...new Set(units.filter(({ spec }) => spec.network !== 'host').map(({ node }) => node))];
  return (
    exportHeader(units, 'docker compose -f <this file> up') +
    stringify(
      {
        services,
        ...(networks.length === 0
          ? {}
          : { networks: Object.fromEntries(networks.map((node) => [node, {}])) }),
      },
      // Compose files are read as YAML 1.1, where `no` and 1000:1000 are other things than text.
      { lineWidth: 0, version: '1.1' },
    )
  );
}

type NamedPlace = ComposePlace & { readonly names: ReturnType<typeof containerNames> };

/** The service of a unit after those of its tasks, each of which waits until the one before it has succeeded. */
function servicesOf(unit: ExportedUnit, place: NamedPlace): [string, object][] {
  const specs = [...unit.tasks, unit.spec];
  return specs.map((spec, index) => {
    const before = specs[index - 1];
    const condition = 'service_completed_successfully';
    const waits = before === undefined ? {} : { depends_on: { [serviceName(before)]: { condition } } };
    return [serviceName(spec), { ...serviceOf(unit, spec, place), ...waits }];
  });
}

function serviceName({ name }: UnitSpec | TaskSpec): string {
  return name.replaceAll('.', '-');
}

function imageOf({ program: { image, absent = '' } }: ExportedUnit): string {
  return image === undefined ? absent : `${image.repository}@${image.digest}`;
}

function serviceOf(unit: ExportedUnit, spec: UnitSpec | TaskSpec, { names, user }: NamedPlace) {
  const { node, program } = unit;
  const options = containerOptions(program, spec, {
    names,
    user,
    facts: { product: 'docker', rootless: false, selinux: false },
    run: '',
    startedAtMs: 0,
    image: imageOf(unit),
  });
  const { HostConfig: host = {} } = options;
  return {
    image: options.Image,
    ...(options.Entrypoint === undefined
      ? {}
      : { entrypoint: (options.Entrypoint as readonly string[]).map(literal) }),
    command: options.Cmd?.map(literal),
    environment: options.Env?.map(literal),
    user: options.User,
    ...(options.WorkingDir === undefined ? {} : { working_dir: options.WorkingDir }),
    volumes: spec.mounts.map(({ key, hostPath, writable }) => ({
      type: 'bind',
      source: hostPath,
      target: host.Mounts?.find(({ Source }) => Source === hostPath)?.Target ?? key,
      read_only: !writable,
    })),
    ...(spec.network === 'host'
      ? { network_mode: 'host' }
      : { networks: { [node]: { aliases: [serviceName(spec)] } } }),
    ...('ports' in spec ? { ports: portsOf(host.PortBindings) } : {}),
    init: true,
    read_only: host.ReadonlyRootfs,
    cap_drop: host.CapDrop,
    security_opt: (host.SecurityOpt as readonly string[] | undefined)?.map((option) => `${option}:true`),
    tmpfs: Object.entries(host.Tmpfs ?? {}).map(([path, how]) => `${path}:${how}`),
    ...(host.Memory === undefined ? {} : { mem_limit: host.Memory }),
    ...(spec.limits?.cpus === undefined ? {} : { cpus: spec.limits.cpus }),
    ...('stop' in spec
      ? { stop_signal: options.StopSignal, stop_grace_period: `${options.StopTimeout}s` }
      : {}),
    restart: 'no',
  };
}

function portsOf(bindings: unknown): readonly string[] {
  return Object.entries(bindings as Record<string, { HostIp?: string; HostPort?: string }[]>).map(
    ([inside, [{ HostIp = '', HostPort = '' } = {}]]) =>
      [...(HostIp === '' ? [] : [HostIp]), HostPort, inside].join(':'),
  );
}

/** Compose would put variables in. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
