import { join } from 'node:path';
import { containerErrors } from './errors.ts';

/** What tells where the engine of this machine listens. */
export interface EngineSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Sockets to be tried in order. `named` when the environment names it: then there is only that one. */
export interface EngineSockets {
  readonly sockets: readonly string[];
  readonly named: boolean;
}

const variables = ['DOCKER_HOST', 'CONTAINER_HOST'] as const;

/**
 * Where to look for an engine: the socket that the environment names, else the usual ones of Docker, then of
 * Podman, those of the user before those of the system. Throws EPH-RUNTIME-ENGINE-REMOTE.
 */
export function engineSockets({ env, platform }: EngineSurroundings): EngineSockets {
  for (const variable of variables) {
    const address = env[variable];
    if (address === undefined || address === '') continue;
    const socket = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
    if (socket === undefined) throw refused(variable, address);
    return { sockets: [socket], named: true };
  }
  return { sockets: usualSockets({ env, platform }), named: false };
}

function usualSockets({ env, platform }: EngineSurroundings): readonly string[] {
  const { HOME: home, XDG_RUNTIME_DIR: runtimeFolder } = env;
  const ofUser = (name: string) => (runtimeFolder === undefined ? [] : [join(runtimeFolder, name)]);
  const ofHome = (name: string) => (home === undefined ? [] : [join(home, name)]);
  if (platform === 'darwin') {
    return [
      ...ofHome('.docker/run/docker.sock'),
      '/var/run/docker.sock',
      ...ofHome('.local/share/containers/podman/machine/podman.sock'),
    ];
  }
  return [
    ...ofUser('docker.sock'),
    '/var/run/docker.sock',
    ...ofUser('podman/podman.sock'),
    '/run/podman/podman.sock',
  ];
}

/** An address may hold a user and a password: only scheme and host are told. */
function refused(variable: string, address: string): Error {
  const [, scheme = '', host = ''] = /^([a-z]+:\/\/)(?:[^@/]*@)?([^/]*)/.exec(address) ?? [];
  return containerErrors.create('EPH-RUNTIME-ENGINE-REMOTE', {
    variable,
    address: scheme === '' ? 'at an address of an unknown form' : `${scheme}${host}`,
  });
}
