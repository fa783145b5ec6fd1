import type { ClientDefinition, Layer } from '../../src/core/clients/client.ts';

/** A client that declares everything a client can, for any layer. */
export function fakeClient(layer: Layer, id: string, more: Partial<ClientDefinition> = {}): ClientDefinition {
  return {
    id,
    layer,
    displayName: id,
    artifacts: [{ kind: 'path' }],
    forks: [{ fork: 'fulu', since: '0', source: 'the simulation' }],
    highestFork: () => 'fulu',
    ports: [],
    identityFiles: layer === 'validator' ? [] : [{ name: `${layer}.${id}.key`, dataPath: 'network/key' }],
    managedFlags: [],
    stop: { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 2_000 },
    tasks: () => (layer === 'execution' ? [{ name: 'init', args: [], env: {}, deadlineMs: 60_000 }] : []),
    program: ({ paths, hosted = [] }) => ({ args: [paths.data, paths.bundle, ...hosted], env: {} }),
    readiness: () => ({ kind: 'none' }),
    ...more,
  };
}
