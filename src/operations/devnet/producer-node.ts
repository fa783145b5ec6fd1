import type { NetworkDefinition } from '../../core/network/definition.ts';
import { type DevnetSettings, devnetDefinition } from './devnet-settings.ts';

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
  const { ports, seed, validators } = settings;
  return {
    name: producerName,
    network: {
      ...devnetDefinition(settings),
      releaseSources: [{ kind: 'directory', path: releasesFolder }],
    },
    execution: { ports: { rpc: ports.rpc, engine: ports.engine, p2p: ports.p2p } },
    consensus: {
      ports: { api: ports.api },
      args: ['--produce', `--seed=${seed}`, `--validators=${validators}`],
    },
  };
}
