import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { type CommandOutcome, runCommand } from '../../base/exec.ts';
import { effectiveConfig } from '../effective-config.ts';
import type { Services } from '../services.ts';
import { serviceErrors } from './errors.ts';
import { type ServiceScope, serviceFile, serviceName, serviceUnit } from './service-unit.ts';

export interface ServiceWish {
  readonly scope: ServiceScope;
  /** --config */
  readonly config?: string | undefined;
}

export interface ServiceReport {
  readonly file: string;
  readonly installed: boolean;
  /** As systemd says it: `enabled`, `disabled`, … */
  readonly enabled: string;
  /** As systemd says it: `active`, `inactive`, `failed`, … */
  readonly active: string;
  /** Whether it serves this root. */
  readonly ours: boolean;
}

type ServiceServices = Pick<
  Services,
  'paths' | 'host' | 'clock' | 'clients' | 'refusedClients' | 'runtimeIds'
>;

const deadlineMs = 60_000;

/** The unit file that `installService` would write, and where. Changes nothing. Throws EPH-SERVICE-PLATFORM, EPH-CONFIG-*. */
export async function planService(
  services: ServiceServices,
  wish: ServiceWish,
): Promise<{ readonly file: string; readonly text: string }> {
  const { host, paths } = services;
  if (host.platform !== 'linux')
    throw serviceErrors.create('EPH-SERVICE-PLATFORM', { platform: host.platform });
  const { file: config } = await effectiveConfig(services, { config: wish.config });
  const place = { host, root: paths.root, scope: wish.scope, ...(config === undefined ? {} : { config }) };
  return { file: serviceFile(place), text: serviceUnit(place) };
}

/**
 * Has systemd keep the supervisor of this root, from now on and after every boot. Throws EPH-SERVICE-OTHER,
 * EPH-SERVICE-SYSTEMD, and what `planService` throws.
 */
export async function installService(services: ServiceServices, wish: ServiceWish): Promise<string> {
  const { file, text } = await planService(services, wish);
  const before = await textOf(file);
  if (before !== undefined && !servesRoot(before, services)) throw other(file, services);
  await ensureFolder(services.paths.root);
  await ensureFolder(dirname(file), 0o755);
  await writeFileAtomic(file, text, { mode: 0o644 });
  await systemctl(services, wish, ['daemon-reload']);
  await systemctl(services, wish, ['enable', '--now', serviceName]);
  return file;
}

/** Ends the supervisor's service; the nodes run on. False when there was none of this root. */
export async function uninstallService(services: ServiceServices, wish: ServiceWish): Promise<boolean> {
  const file = serviceFile({ host: services.host, scope: wish.scope });
  const text = await textOf(file);
  if (text === undefined) return false;
  if (!servesRoot(text, services)) throw other(file, services);
  await systemctl(services, wish, ['disable', '--now', serviceName]);
  await rm(file, { force: true });
  await systemctl(services, wish, ['daemon-reload']);
  return true;
}

/** What systemd knows of it; `unknown` where there is no systemd to ask. */
export async function serviceStatus(services: ServiceServices, wish: ServiceWish): Promise<ServiceReport> {
  const file = serviceFile({ host: services.host, scope: wish.scope });
  const text = await textOf(file);
  const ask = async (verb: string) => {
    const outcome = await run(services, wish, [verb, serviceName]);
    return outcome.outcome === 'ended' && outcome.stdout.trim() !== '' ? outcome.stdout.trim() : 'unknown';
  };
  return {
    file,
    installed: text !== undefined,
    ours: text !== undefined && servesRoot(text, services),
    enabled: await ask('is-enabled'),
    active: await ask('is-active'),
  };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
}

function servesRoot(text: string, { paths }: ServiceServices): boolean {
  return text.split('\n').includes(`WorkingDirectory=${paths.root.replaceAll('%', '%%')}`);
}

function other(file: string, { paths }: ServiceServices): Error {
  return serviceErrors.create('EPH-SERVICE-OTHER', { file, root: paths.root });
}

function commandOf({ scope }: ServiceWish, args: readonly string[]): readonly string[] {
  return ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...args];
}

function run(
  { host, clock }: ServiceServices,
  wish: ServiceWish,
  args: readonly string[],
): Promise<CommandOutcome> {
  return runCommand({ command: commandOf(wish, args), env: host.env, deadlineMs, clock });
}

async function systemctl(
  services: ServiceServices,
  wish: ServiceWish,
  args: readonly string[],
): Promise<void> {
  const outcome = await run(services, wish, args);
  if (outcome.outcome === 'ended' && outcome.exitCode === 0) return;
  const reason =
    outcome.outcome === 'ended'
      ? outcome.stderr.trim() || `it ended with ${outcome.exitCode}`
      : outcome.outcome === 'not-found'
        ? 'there is no systemctl on the PATH'
        : `it did not end within ${deadlineMs / 1000} s`;
  throw serviceErrors.create('EPH-SERVICE-SYSTEMD', { command: commandOf(wish, args).join(' '), reason });
}
