import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';
import { stagesBy } from '../sync-readers.ts';

/** Source: the page "Binaries" of the documentation in paradigmxyz/reth, which prints the key itself. */
const releaseKey = {
  fingerprint: '50FB7CC55B2E8AFA59FE03B7AA5ED56A7FBF253E',
  packet: 'BGZeBo4WCSsGAQQB2kcPAQEHQFOYJyDQQHyIBfUvRs2dcxw8Gbb/1nCUSECPocMEiQg0',
};

/** By the names of its stages. Source: paradigmxyz/reth, `StageId`. */
const syncReader = stagesBy([
  [/header/i, 'headers'],
  [/bodies/i, 'bodies'],
  [/hash|merkle/i, 'state'],
  [/index|lookup|finish/i, 'indexing'],
]);

export const reth: ClientDefinition = {
  id: 'reth',
  layer: 'execution',
  displayName: 'Reth',
  artifacts: [
    { kind: 'image', image: 'ghcr.io/paradigmxyz/reth', tag: 'v{version}' },
    archives(
      {
        'linux-x64': 'x86_64-unknown-linux-gnu',
        'linux-arm64': 'aarch64-unknown-linux-gnu',
        'darwin-arm64': 'aarch64-apple-darwin',
      },
      (platform) => {
        const url = githubRelease('paradigmxyz/reth', 'v{version}', `reth-v{version}-${platform}.tar.gz`);
        return { url, format: 'tar.gz', bin: 'reth', signature: { url: `${url}.asc`, key: releaseKey } };
      },
    ),
    ownProgram,
  ],
  defaultVersion: '2.7.0',
  ...forkSupport(
    { fork: 'electra', since: '1.3.12', source: pectra },
    { fork: 'fulu', since: '1.9.1', source: fusaka },
  ),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), open('discv5', 'udp'), loopback('metrics')],
  identityFiles: [{ name: 'reth.key', dataPath: 'discovery-secret' }],
  managedFlags: [
    '--datadir',
    '--chain',
    '--instance',
    '--http',
    '--http.addr',
    '--http.port',
    '--http.api',
    '--authrpc.addr',
    '--authrpc.port',
    '--authrpc.jwtsecret',
    '--ipcdisable',
    '--port',
    '--discovery.port',
    '--discovery.v5.port',
    '--disable-discovery',
    '--bootnodes',
    '--nat',
    '--p2p-secret-key',
    '--p2p-secret-key-hex',
    '--metrics',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  jsonLogs: ['--log.stdout.format=json'],
  syncReader,
  notes: [
    'It takes the genesis from a flag at every start and writes it into an empty data directory itself.',
    'It keeps the whole history unless told otherwise: add `--full` to `args` to prune.',
  ],
  tasks: () => [],
  program: (context) => ({ args: rethArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function rethArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'node',
    `--datadir=${paths.data}`,
    `--chain=${bundleFile(context, 'executionGenesis')}`,
    '--http',
    `--http.addr=${listenAddress}`,
    `--http.port=${portOf(context, 'rpc')}`,
    '--http.api=admin,debug,eth,net,txpool,web3',
    `--authrpc.addr=${listenAddress}`,
    `--authrpc.port=${portOf(context, 'engine')}`,
    `--authrpc.jwtsecret=${paths.jwt}`,
    '--ipcdisable',
    `--port=${portOf(context, 'p2p')}`,
    `--discovery.port=${portOf(context, 'p2p')}`,
    `--discovery.v5.port=${portOf(context, 'discv5')}`,
    ...(context.enodes.length === 0 ? ['--disable-discovery'] : joined('--bootnodes', context.enodes)),
    ...given(context.externalAddress, (address) => [`--nat=extip:${address}`]),
    `--metrics=${listenAddress}:${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
