import { describe, expect, it } from 'vitest';
import type { ClientContext } from './client.ts';
import { caplin } from './consensus/caplin.ts';
import { caplinEmbedded } from './consensus/caplin-embedded.ts';
import { lodestar } from './consensus/lodestar.ts';
import { nimbus } from './consensus/nimbus.ts';
import { teku } from './consensus/teku.ts';

function argsAt(client: typeof lodestar, version: string): readonly string[] {
  const context: ClientContext = {
    node: 'home',
    version,
    identity: {
      iteration: 1,
      chainId: 1,
      genesisValidatorsRoot: `0x${'00'.repeat(32)}`,
      executionGenesisHash: `0x${'00'.repeat(32)}`,
      genesisTimeSeconds: 0,
    },
    highestFork: 'fulu',
    enodes: [],
    bootstrapEnrs: [],
    paths: { data: '/data', bundle: '/bundle', identity: '/identity', jwt: '/jwt' },
    ports: Object.fromEntries(client.ports.map(({ name }, index) => [name, 21_010 + index])),
    engineUrl: 'http://127.0.0.1:21001',
    listenAddress: '127.0.0.1',
    keySets: [],
    args: [],
    env: {},
  };
  return client.program(context).args;
}

describe('a QUIC port', () => {
  it.each([
    { client: teku, flag: '--p2p-quic-port', before: '26.6.1', since: '26.7.0' },
    { client: lodestar, flag: '--quicPort', before: '1.40.0', since: '1.41.0' },
    { client: caplin, flag: '--sentinel.quic.port', before: '3.6.1', since: '3.8.0' },
    { client: caplinEmbedded, flag: '--caplin.discovery.quicport', before: '3.7.1', since: '3.8.0' },
    { client: nimbus, flag: '--quic-port', before: '26.7.0', since: '26.8.0' },
  ])('of $client.id is set from $since on', ({ client, flag, before, since }) => {
    const port = 21_010 + client.ports.findIndex(({ name }) => name === 'quic');
    expect(argsAt(client, since)).toContain(`${flag}=${port}`);
    expect(argsAt(client, 'latest')).toContain(`${flag}=${port}`);
    expect(argsAt(client, before).filter((arg) => arg.startsWith(flag))).toEqual([]);
  });
});
