import { bundleFiles } from '../../network/bundle.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, portOf } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';

/**
 * Without bootnodes there is nobody to find. `--sync=none` then leaves the peer-to-peer server out: the
 * client is driven by its consensus client alone, opens no public port, and ends in 0.03 s instead of 8 s.
 */
function peerFlags(context: ClientContext): readonly string[] {
  if (context.enodes.length === 0) {
    return ['--sync=none', '--isSingleNode=true', '--discV4=false', '--discDns=false'];
  }
  return [
    `--port=${portOf(context, 'p2p')}`,
    `--bootnodes=${context.enodes.join(',')}`,
    '--discV4=true',
    '--discDns=false',
    ...given(context.externalAddress, (address) => [`--extIP=${address}`]),
  ];
}

/** No flag says where its metrics listen: on every address. In a container that is nobody else's; on a host it would be. */
function metricsFlags(context: ClientContext): readonly string[] {
  if (context.listenAddress === '127.0.0.1') return [];
  return ['--prometheus', `--prometheusPort=${portOf(context, 'metrics')}`];
}

export const ethereumjs: ClientDefinition = {
  id: 'ethereumjs',
  layer: 'execution',
  displayName: 'EthereumJS',
  artifacts: [
    {
      kind: 'builtin',
      package: '@ethereumjs/client',
      version: '0.10.5',
      bin: 'dist/esm/bin/cli.js',
      preload: 'dist/artifacts/preload/ethereumjs-params.js',
    },
    { kind: 'npm', package: '@ethereumjs/client', bin: 'dist/esm/bin/cli.js' },
    { kind: 'path' },
  ],
  defaultVersion: '0.10.5',
  ...forkSupport({
    fork: 'electra',
    since: '0.10.0',
    source: '0.10.5 has no osaka or bpo keys in the genesis that it reads, and no engine_getPayloadV5',
  }),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  // Its node key lies inside a LevelDB of its data directory, where nobody else can reach it.
  identityFiles: [],
  managedFlags: [
    '--network',
    '--networkId',
    '--chainId',
    '--gethGenesis',
    '--customChain',
    '--customGenesisState',
    '--dev',
    '--dataDir',
    '--rpc',
    '--rpcAddr',
    '--rpcPort',
    '--rpcEngine',
    '--rpcEngineAddr',
    '--rpcEnginePort',
    '--rpcEngineAuth',
    '--jwtSecret',
    '--port',
    '--extIP',
    '--bootnodes',
    '--discDns',
    '--discV4',
    '--sync',
    '--isSingleNode',
    '--logFile',
    '--prometheus',
    '--prometheusPort',
  ],
  // A SIGKILL at idle lost no block in trials, so that a reset need not wait for the 8 s of a client with peers.
  stop: { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 750 },
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'It tells metrics in a container alone: they listen on every address, which as a plain program are those of the host.',
  ],
  tasks: () => [],
  program: (context) => ({
    args: [
      `--gethGenesis=${context.paths.bundle}/${bundleFiles.executionGenesis}`,
      `--dataDir=${context.paths.data}`,
      '--rpc',
      `--rpcAddr=${context.listenAddress}`,
      `--rpcPort=${portOf(context, 'rpc')}`,
      '--rpcEngine',
      `--rpcEngineAddr=${context.listenAddress}`,
      `--rpcEnginePort=${portOf(context, 'engine')}`,
      `--jwtSecret=${context.paths.jwt}`,
      // `--logFile=false` would be taken as a file's name.
      '--no-logFile',
      ...peerFlags(context),
      ...metricsFlags(context),
      ...context.args,
    ],
    env: context.env,
  }),
  readiness: (context) => ({
    kind: 'json-rpc',
    url: `http://127.0.0.1:${portOf(context, 'rpc')}`,
    method: 'eth_chainId',
    deadlineMs: 60_000,
  }),
};
