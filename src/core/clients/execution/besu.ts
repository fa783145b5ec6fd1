import { bundleFiles } from '../../network/bundle.ts';
import { fusaka, pectra } from '../announcements.ts';
import { archives, everywhere, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { allowedHosts, given, joined, portOf } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';
import { figuresBy } from '../sync-readers.ts';

const genesisFile = 'genesis.json';

export const besu: ClientDefinition = {
  id: 'besu',
  layer: 'execution',
  displayName: 'Besu',
  artifacts: [
    { kind: 'image', image: 'hyperledger/besu', tag: '{version}' },
    archives(
      everywhere('besu-{version}'),
      (name) => {
        const url = githubRelease('besu-eth/besu', '{version}', `${name}.tar.gz`);
        const checksum = { url: `${url}.sha256`, form: 'sha256sum' } as const;
        return { url, format: 'tar.gz', bin: `${name}/bin/besu`, checksum };
      },
      { needs: [{ program: 'java', words: 'Java 25 or later; Java 21 does for versions before 26.6' }] },
    ),
    ownProgram,
  ],
  defaultVersion: '26.9.0',
  ...forkSupport(
    { fork: 'electra', since: '25.4.1', source: pectra },
    { fork: 'fulu', since: '25.11.0', source: fusaka },
  ),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  identityFiles: [{ name: 'besu.key', dataPath: 'key' }],
  managedFlags: [
    '--network',
    '--network-id',
    '--genesis-file',
    '--config-file',
    '--data-path',
    '--sync-mode',
    '--bonsai-limit-trie-logs-enabled',
    '--host-allowlist',
    '--rpc-http-enabled',
    '--rpc-http-host',
    '--rpc-http-port',
    '--rpc-http-api',
    '--engine-rpc-enabled',
    '--engine-rpc-port',
    '--engine-host-allowlist',
    '--engine-jwt-secret',
    '--engine-jwt-disabled',
    '--p2p-port',
    '--p2p-host',
    '--p2p-enabled',
    '--discovery-enabled',
    '--bootnodes',
    '--node-private-key-file',
    '--metrics-enabled',
    '--metrics-host',
    '--metrics-port',
  ],
  flagOfVariable: flagsAfter(['BESU_']),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  // Source: Besu, `SyncingResult`.
  syncReader: figuresBy([[['pulledStates'], 'state']]),
  notes: [
    "It reads the release's besu.json, and its genesis.json where a release has no besu.json any more.",
    'Its own `--network=ephemery` carries a genesis of its build, which drifts: `alloc` must be that of the network or peering fails. We give it the verified release.',
    'The engine API listens on the address of the HTTP API: it has none of its own.',
    'JSON logs need a log4j2 configuration of your own.',
  ],
  files: () => [{ path: genesisFile, from: [bundleFiles.besuGenesis, bundleFiles.executionGenesis] }],
  tasks: () => [],
  program: (context) => ({ args: besuArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function besuArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    `--data-path=${paths.data}`,
    `--genesis-file=${paths.data}/${genesisFile}`,
    `--network-id=${context.identity.chainId}`,
    '--sync-mode=FULL',
    '--bonsai-limit-trie-logs-enabled=false',
    `--host-allowlist=${allowedHosts(context)}`,
    '--rpc-http-enabled=true',
    `--rpc-http-host=${listenAddress}`,
    `--rpc-http-port=${portOf(context, 'rpc')}`,
    '--rpc-http-api=ADMIN,DEBUG,ETH,NET,TXPOOL,WEB3',
    '--engine-rpc-enabled=true',
    `--engine-rpc-port=${portOf(context, 'engine')}`,
    '--engine-host-allowlist=*',
    `--engine-jwt-secret=${paths.jwt}`,
    `--p2p-port=${portOf(context, 'p2p')}`,
    ...given(context.externalAddress, (address) => [`--p2p-host=${address}`]),
    ...(context.enodes.length === 0 ? ['--discovery-enabled=false'] : joined('--bootnodes', context.enodes)),
    '--metrics-enabled=true',
    `--metrics-host=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
