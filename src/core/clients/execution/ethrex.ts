import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const ethrex: ClientDefinition = {
  id: 'ethrex',
  layer: 'execution',
  displayName: 'ethrex',
  artifacts: [
    { kind: 'image', image: 'ghcr.io/lambdaclass/ethrex', tag: '{version}' },
    archives(
      {
        'linux-x64': 'ethrex-linux-x86_64',
        'linux-arm64': 'ethrex-linux-aarch64',
        'darwin-arm64': 'ethrex-macos-aarch64',
      },
      (name) => ({
        url: githubRelease('lambdaclass/ethrex', 'v{version}', name),
        format: 'program',
        bin: name,
      }),
    ),
    ownProgram,
  ],
  defaultVersion: '11.0.0',
  ...forkSupport({
    fork: 'fulu',
    since: '7.0.0',
    source: 'pull request 5162 of lambdaclass/ethrex, November 2025: the times of Fusaka on mainnet',
  }),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  identityFiles: [{ name: 'ethrex.key', dataPath: 'node.key' }],
  managedFlags: [
    '--datadir',
    '--network',
    '--syncmode',
    '--http.addr',
    '--http.port',
    '--authrpc.addr',
    '--authrpc.port',
    '--authrpc.jwtsecret',
    '--p2p.addr',
    '--p2p.port',
    '--p2p.disabled',
    '--discovery.port',
    '--bootnodes',
    '--nat.extip',
    '--metrics',
    '--metrics.addr',
    '--metrics.port',
    '--dev',
    '--force',
  ],
  flagOfVariable: flagsAfter(['ETHREX_'], {
    ETHREX_AUTHRPC_JWTSECRET_PATH: '--authrpc.jwtsecret',
    ETHREX_P2P_DISCOVERY_PORT: '--discovery.port',
    ETHREX_P2P_NAT_EXTIP: '--nat.extip',
  }),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'It takes the genesis from `--network`, which is a file here: the name `ephemery` is known to it, but it ships no genesis for it.',
    'It syncs in full; snap sync is its default. It cannot log JSON, and keeps no archive.',
    'By itself it binds peers to one address of the host and its HTTP API to all: we say both.',
  ],
  tasks: () => [],
  program: (context) => ({ args: ethrexArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function ethrexArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    `--datadir=${paths.data}`,
    `--network=${bundleFile(context, 'executionGenesis')}`,
    '--syncmode=full',
    `--http.addr=${listenAddress}`,
    `--http.port=${portOf(context, 'rpc')}`,
    `--authrpc.addr=${listenAddress}`,
    `--authrpc.port=${portOf(context, 'engine')}`,
    `--authrpc.jwtsecret=${paths.jwt}`,
    '--p2p.addr=0.0.0.0',
    `--p2p.port=${portOf(context, 'p2p')}`,
    `--discovery.port=${portOf(context, 'p2p')}`,
    ...(context.enodes.length === 0 ? ['--p2p.disabled'] : joined('--bootnodes', context.enodes)),
    ...given(context.externalAddress, (address) => [`--nat.extip=${address}`]),
    '--metrics',
    `--metrics.addr=${listenAddress}`,
    `--metrics.port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
