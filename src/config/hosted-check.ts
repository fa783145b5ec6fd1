import { isEphemeryError } from '../base/errors.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { refuseManagedFlags } from '../core/clients/managed-flags.ts';
import type { NodeConfig } from './schema.ts';
import type { Found } from './signer-check.ts';

type Layer = 'execution' | 'consensus' | 'validator';
type Said = Pick<NodeConfig['consensus'], 'version' | 'artifact' | 'limits' | 'args' | 'env'>;

/** A client as the configuration has it, and as the catalogue does; absent from there when it is told elsewhere. */
interface Part {
  readonly layer: Layer;
  readonly said: Said;
  readonly definition: ClientDefinition | undefined;
}

/**
 * A client inside the program of another: what is a program's own is said of that one, and the arguments of both are
 * one command line, in which neither may set what we set for the other.
 */
export function hostedFindings(
  [name, node]: readonly [string, NodeConfig],
  clients: Readonly<Record<Layer, ClientDefinition | undefined>>,
): Found[] {
  const { execution, consensus, validator } = node;
  const inner: Part = { layer: 'consensus', said: consensus, definition: clients.consensus };
  return [
    ...within(name, { layer: 'execution', said: execution, definition: clients.execution }, inner),
    ...(validator === undefined
      ? []
      : within(name, inner, { layer: 'validator', said: validator, definition: clients.validator })),
  ];
}

function within(node: string, host: Part, { layer, said, definition }: Part): Found[] {
  if (definition?.hostedBy === undefined) return [];
  const path = ['nodes', node];
  const own = [
    ...(['version', 'artifact', 'limits'] as const).filter((key) => said[key] !== undefined),
    ...(Object.keys(said.env).length === 0 ? [] : ['env' as const]),
  ];
  return [
    ...own.map(
      (key): Found => [
        [...path, layer, key],
        `${definition.displayName} has no program of its own`,
        `Remove it, or say it of the ${host.layer} client.`,
      ],
    ),
    ...managedBy(definition, [...path, host.layer], host.said.args),
    ...(host.definition === undefined ? [] : managedBy(host.definition, [...path, layer], said.args)),
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
