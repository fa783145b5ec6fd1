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
  const services = Object.fromEntries(
    units.map((unit) => [unit.spec.name.replaceAll('.', '-'), serviceOf(unit, { ...place, names })]),
  );
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

function serviceOf(
  { node, program, spec }: ExportedUnit,
  { names, user }: ComposePlace & { readonly names: ReturnType<typeof containerNames> },
) {
  const { repository = '', digest = '' } = program.image ?? {};
  const options = containerOptions(program, spec, {
    names,
    user,
    facts: { product: 'docker', rootless: false, selinux: false },
    run: '',
    startedAtMs: 0,
    image: `${repository}@${digest}`,
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
      : { networks: { [node]: { aliases: [spec.name.replaceAll('.', '-')] } } }),
    ports: Object.entries(host.PortBindings as Record<string, { HostIp: string; HostPort: string }[]>).map(
      ([inside, [outside]]) => `${outside?.HostIp}:${outside?.HostPort}:${inside}`,
    ),
    init: true,
    read_only: host.ReadonlyRootfs,
    cap_drop: host.CapDrop,
    security_opt: (host.SecurityOpt as readonly string[] | undefined)?.map((option) => `${option}:true`),
    tmpfs: Object.entries(host.Tmpfs ?? {}).map(([path, how]) => `${path}:${how}`),
    ...(host.Memory === undefined ? {} : { mem_limit: host.Memory }),
    ...(spec.limits?.cpus === undefined ? {} : { cpus: spec.limits.cpus }),
    stop_signal: options.StopSignal,
    stop_grace_period: `${options.StopTimeout}s`,
    restart: 'no',
  };
}

/** Compose would put variables in. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
