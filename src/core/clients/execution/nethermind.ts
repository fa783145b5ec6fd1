import { bundleFiles } from '../../network/bundle.ts';
import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, joined, portOf } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

const chainFile = 'chain.json';

export const nethermind: ClientDefinition = {
  id: 'nethermind',
  layer: 'execution',
  displayName: 'Nethermind',
  artifacts: [
    { kind: 'image', image: 'nethermind/nethermind', tag: '{version}' },
    archives(
      {
        'linux-x64': 'linux-x64',
        'linux-arm64': 'linux-arm64',
        'darwin-x64': 'macos-x64',
        'darwin-arm64': 'macos-arm64',
      },
      (platform) => ({
        url: githubRelease(
          'NethermindEth/nethermind',
          '{version}',
          `nethermind-{version}-{commit}-${platform}.zip`,
        ),
        format: 'zip',
        bin: 'nethermind',
      }),
      {
        commits: {
          '1.37.0': '7c0014d6',
          '1.37.1': '706ad499',
          '1.37.2': '8e212be6',
          '1.38.0': 'c07a4d65',
          '1.38.1': '9c365772',
        },
      },
    ),
    ownProgram,
  ],
  defaultVersion: '1.38.1',
  ...forkSupport(
    { fork: 'electra', since: '1.31.9', source: pectra },
    { fork: 'fulu', since: '1.35.2', source: fusaka },
  ),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  identityFiles: [{ name: 'nethermind.key', dataPath: 'keystore/node.key.plain' }],
  managedFlags: [
    '--config',
    '--configsDirectory',
    '--datadir',
    '--data-dir',
    '--Init.ChainSpecPath',
    '--Init.BaseDbPath',
    '--Init.GenesisHash',
    '--JsonRpc.Enabled',
    '--JsonRpc.EnabledModules',
    '--JsonRpc.Host',
    '--JsonRpc.Port',
    '--JsonRpc.EngineHost',
    '--JsonRpc.EnginePort',
    '--JsonRpc.JwtSecretFile',
    '--Network.P2PPort',
    '--Network.DiscoveryPort',
    '--Network.ExternalIp',
    '--Network.Bootnodes',
    '--Discovery.Bootnodes',
    '--Metrics.Enabled',
    '--Metrics.ExposeHost',
    '--Metrics.ExposePort',
  ],
  // `NETHERMIND_JSONRPCCONFIG_PORT` is `--JsonRpc.Port`, and `NETHERMIND_DATADIR` is `--datadir`.
  flagOfVariable: (variable) => flagsAfter(['NETHERMIND_'])(variable)?.replace('CONFIG_', '.'),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    "It reads the release's chainspec.json, and its genesis.json where a release has no chainspec.json any more.",
    'Lists of bootnodes are joined with commas: after a line break the rest is lost.',
    'Its archives bear a commit in their names, so that only versions whose commit we know can be had as archives.',
    'JSON logs need an NLog configuration of your own.',
    'Its publisher signs its archives with a key that is to be had from key servers alone: they are trusted as they first come.',
  ],
  files: () => [{ path: chainFile, from: [bundleFiles.nethermindChainspec, bundleFiles.executionGenesis] }],
  tasks: () => [],
  program: (context) => ({ args: nethermindArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function nethermindArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    '--config=none',
    `--datadir=${paths.data}`,
    `--Init.ChainSpecPath=${paths.data}/${chainFile}`,
    `--Init.GenesisHash=${context.identity.executionGenesisHash}`,
    '--JsonRpc.Enabled=true',
    '--JsonRpc.EnabledModules=Admin,Debug,Eth,Net,Subscribe,TxPool,Web3',
    `--JsonRpc.Host=${listenAddress}`,
    `--JsonRpc.Port=${portOf(context, 'rpc')}`,
    `--JsonRpc.EngineHost=${listenAddress}`,
    `--JsonRpc.EnginePort=${portOf(context, 'engine')}`,
    `--JsonRpc.JwtSecretFile=${paths.jwt}`,
    `--Network.P2PPort=${portOf(context, 'p2p')}`,
    `--Network.DiscoveryPort=${portOf(context, 'p2p')}`,
    ...joined('--Discovery.Bootnodes', context.enodes),
    ...given(context.externalAddress, (address) => [`--Network.ExternalIp=${address}`]),
    '--Metrics.Enabled=true',
    `--Metrics.ExposeHost=${listenAddress}`,
    `--Metrics.ExposePort=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
