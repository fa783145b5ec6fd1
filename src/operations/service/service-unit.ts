import { join } from 'node:path';
import type { HostFacts } from '../services.ts';
import { systemdCommand, systemdEnvironment, systemdValue } from './systemd-text.ts';

/** Whose service it is: of the user who installs it, or of the system. */
export type ServiceScope = 'user' | 'system';

export const serviceName = 'ephemery.service';

export interface ServicePlace {
  readonly host: Pick<HostFacts, 'env' | 'program'>;
  readonly root: string;
  /** An absolute path. */
  readonly config?: string;
  readonly scope: ServiceScope;
}

export function serviceFile({ host, scope }: Pick<ServicePlace, 'host' | 'scope'>): string {
  if (scope === 'system') return join('/etc/systemd/system', serviceName);
  const { HOME: home = '/', XDG_CONFIG_HOME: folder } = host.env;
  return join(folder?.startsWith('/') === true ? folder : join(home, '.config'), 'systemd/user', serviceName);
}

/** What nodes need of the environment of who installs it; nothing else is written down. */
const kept = ['PATH', 'DOCKER_HOST', 'CONTAINER_HOST', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/**
 * Keeps our supervisor running. `KillMode=process` and no container of its own: nodes outlive it. A wrong command
 * line or configuration (code 2) is not tried again, and a stop is no failure.
 */
export function serviceUnit({ host, root, config, scope }: ServicePlace): string {
  const environment = kept.flatMap((name) => {
    const value = host.env[name];
    // A proxy's address may hold a password.
    const isSecret = value?.includes('@') === true;
    return value === undefined || value === '' || isSecret ? [] : [systemdEnvironment(name, value)];
  });
  const given = config === undefined ? [] : ['--config', config];
  const lines = [
    '# Made by `ephemery service install`; `ephemery service uninstall` removes it.',
    '[Unit]',
    'Description=Ephemery Node: keeps nodes running through every reset',
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${systemdCommand([...host.program, 'up', '--home', root, ...given])}`,
    `WorkingDirectory=${systemdValue(root)}`,
    ...environment.map((entry) => `Environment=${entry}`),
    'KillMode=process',
    'Restart=on-failure',
    'RestartSec=5',
    'RestartPreventExitStatus=2',
    // What it ends with when systemd stops it.
    'SuccessExitStatus=143',
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  ];
  return `${lines.join('\n')}\n`;
}
