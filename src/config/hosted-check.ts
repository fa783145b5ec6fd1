import { isEphemeryError } from '../base/errors.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { refuseManagedFlags } from '../core/clients/managed-flags.ts';
import type { NodeConfig } from './schema.ts';
import type { Found } from './signer-check.ts';

/**
 * A consensus client inside the program of an execution client: what is a program's own is said of that one, and the
 * arguments of both are one command line, in which neither may set what we set for the other.
 */
export function hostedFindings(
  [name, { execution, consensus }]: readonly [string, NodeConfig],
  clients: { readonly execution: ClientDefinition | undefined; readonly consensus: ClientDefinition },
): Found[] {
  if (clients.consensus.hostedBy === undefined) return [];
  const path = ['nodes', name];
  const said = [
    ...(['version', 'artifact', 'limits'] as const).filter((key) => consensus[key] !== undefined),
    ...(Object.keys(consensus.env).length === 0 ? [] : ['env' as const]),
  ];
  return [
    ...said.map(
      (key): Found => [
        [...path, 'consensus', key],
        `${clients.consensus.displayName} has no program of its own`,
        'Remove it, or say it of the execution client.',
      ],
    ),
    ...managedBy(clients.consensus, [...path, 'execution'], execution.args),
    ...(clients.execution === undefined
      ? []
      : managedBy(clients.execution, [...path, 'consensus'], consensus.args)),
  ];
}

function managedBy(other: ClientDefinition, path: readonly string[], args: readonly string[]): Found[] {
  return args.flatMap((argument, index): Found[] => {
    try {
      refuseManagedFlags(other, [argument]);
      return [];
    } catch (refused) {
      if (!isEphemeryError(refused)) throw refused;
      return [[[...path, 'args', index], refused.message, refused.remedy]];
    }
  });
}
