import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import type { DesiredClient, DesiredNode } from '../../src/core/node/desired.ts';

/** A client that should run, of which nothing but its name matters. */
export function desiredClient(id: string): DesiredClient {
  return {
    client: id,
    version: '1',
    fingerprint: 'f',
    reaches: 'fulu',
    stop: { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 1_000 },
  };
}

/** A node of two clients that should be up on a network. */
export function desiredNodeOn(network: NetworkDefinition): DesiredNode {
  return {
    name: 'home',
    intent: 'up',
    force: false,
    network,
    execution: desiredClient('alpha'),
    consensus: desiredClient('beta'),
    keepOldChains: 0,
    minimumFreeBytes: 1_000,
  };
}
