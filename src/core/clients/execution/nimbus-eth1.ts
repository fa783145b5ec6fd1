import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

const keyFile = 'nodekey';

export const nimbusEth1: ClientDefinition = {
  id: 'nimbus-eth1',
  layer: 'execution',
  displayName: 'Nimbus (execution)',
  artifacts: [
    { kind: 'image', image: 'statusim/nimbus-eth1', tag: 'v{version}' },
    archives(
      { 'linux-x64': 'linux-amd64', 'linux-arm64': 'linux-arm64', 'darwin-arm64': 'macos-arm64' },
      (platform) => ({
        url: githubRelease('status-im/nimbus-eth1', 'v{version}', `nimbus-${platform}-v{version}.tar.gz`),
        format: 'tar.gz',
        bin: 'build/nimbus',
      }),
    ),
    ownProgram,
  ],
  defaultVersion: '0.4.0',
  ...forkSupport({
    fork: 'fulu',
    since: '0.2.2',
    source: 'CHANGELOG of status-im/nimbus-eth1, 0.2.2: the release for the Fusaka fork of mainnet',
  }),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  identityFiles: [{ name: 'nimbus-eth1.key', dataPath: keyFile }],
  managedFlags: [
    '--config-file',
    '--data-dir',
    '--network',
    '--rpc',
    '--rpc-api',
    '--http-address',
    '--http-port',
    '--engine-api',
    '--engine-api-address',
    '--engine-api-port',
    '--jwt-secret',
    '--tcp-port',
    '--udp-port',
    '--bootstrap-node',
    '--bootstrap-file',
    '--discv5',
    '--nat',
    '--net-key',
    '--metrics',
    '--metrics-address',
    '--metrics-port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  jsonLogs: ['--log-format=json'],
  notes: [
    'Until 0.2 the program was `nimbus_execution_client`; since 0.3 it is `nimbus`, and this is its sub-command `executionClient`.',
    'Without `--net-key` its key is new at every start; we name a file, which it makes.',
    'Its publisher tells SHA-512 sums in the text of a release, and calls it a beta.',
  ],
  tasks: () => [],
  program: (context) => ({ args: nimbusArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function nimbusArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'executionClient',
    `--data-dir=${paths.data}`,
    `--network=${bundleFile(context, 'executionGenesis')}`,
    '--rpc',
    '--rpc-api=admin,debug,eth',
    `--http-address=${listenAddress}`,
    `--http-port=${portOf(context, 'rpc')}`,
    '--engine-api',
    `--engine-api-address=${listenAddress}`,
    `--engine-api-port=${portOf(context, 'engine')}`,
    `--jwt-secret=${paths.jwt}`,
    `--tcp-port=${portOf(context, 'p2p')}`,
    `--udp-port=${portOf(context, 'p2p')}`,
    ...(context.enodes.length === 0 ? ['--discv5=false'] : joined('--bootstrap-node', context.enodes)),
    ...given(context.externalAddress, (address) => [`--nat=extip:${address}`]),
    `--net-key=${paths.data}/${keyFile}`,
    '--metrics',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
