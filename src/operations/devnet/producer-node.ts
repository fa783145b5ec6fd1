import type { NetworkDefinition } from '../../core/network/definition.ts';
import { type DevnetSettings, devnetDefinition } from './devnet-settings.ts';

/** The clients that a devnet's own node has. */
export const producerClients = { execution: 'ethereumjs', consensus: 'mayfly' } as const;

/** Its units are `producer.execution` and `producer.consensus`. */
export const producerName = 'producer';

/** The devnet's own node as a configuration would give it: an execution client and the producing Mayfly. */
export interface ProducerNode {
  readonly name: string;
  readonly network: NetworkDefinition;
  readonly execution: { readonly ports: Readonly<Record<string, number>> };
  readonly consensus: { readonly ports: Readonly<Record<string, number>>; readonly args: readonly string[] };
}

/**
 * A devnet switches itself at T by the same machine as any other node; only its consensus client produces
 * instead of following, and its releases come straight from the disk, whatever the releaser is told to do to others.
 */
export function producerNode(settings: DevnetSettings, releasesFolder: string): ProducerNode {
  const { seed, validators } = settings;
  const ports = producerPorts(settings);
  return {
    name: producerName,
    network: {
      ...devnetDefinition(settings),
      releaseSources: [{ kind: 'directory', path: releasesFolder }],
    },
    execution: { ports: ports.execution },
    consensus: {
      ports: ports.consensus,
      args: ['--produce', `--seed=${seed}`, `--validators=${validators}`],
    },
  };
}

/** The ports of both clients, by their names in the catalogue. */
export function producerPorts({ ports }: DevnetSettings) {
  const { api, rpc, engine, p2p } = ports;
  return { execution: { rpc, engine, p2p }, consensus: { api } };
}
