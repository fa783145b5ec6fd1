import type { ClientDefinition } from './client.ts';
import { clientErrors } from './errors.ts';

/**
 * Refuses `args` that hold a flag which we set: with or without `=value`, with one dash or two, negated
 * (`--no-x`), in another spelling of the same words (`--data-dir`, `--dataDir`), or cut short (`--dataD`), because
 * clients' parsers accept one or the other of these. Throws EPH-CLIENT-MANAGED-FLAG.
 */
export function refuseManagedFlags(client: ClientDefinition, args: readonly string[]): void {
  for (const argument of args) {
    const flag = client.managedFlags.find((managed) => means(argument, managed));
    if (flag === undefined) continue;
    throw clientErrors.create('EPH-CLIENT-MANAGED-FLAG', { client: client.displayName, argument, flag });
  }
}

/**
 * Refuses variables of `env` by which the program would take a flag that we set. Throws EPH-CLIENT-MANAGED-VARIABLE.
 */
export function refuseManagedVariables(client: ClientDefinition, variables: readonly string[]): void {
  for (const variable of variables) {
    const meant = client.flagOfVariable?.(variable);
    if (meant === undefined) continue;
    const flag = client.managedFlags.find((managed) => words(managed) === words(meant));
    if (flag === undefined) continue;
    throw clientErrors.create('EPH-CLIENT-MANAGED-VARIABLE', { client: client.displayName, variable, flag });
  }
}

function means(argument: string, managed: string): boolean {
  if (!argument.startsWith('-')) return false;
  const given = words(argument);
  if (given === '') return false;
  const names = words(managed);
  return names.startsWith(given) || (given.startsWith('no') && names.startsWith(given.slice(2) || '-'));
}

function words(flag: string): string {
  const name = flag.split('=', 1)[0] ?? '';
  return name.replaceAll(/[-_.]/g, '').toLowerCase();
}
