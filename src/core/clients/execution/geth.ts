import type { SyncReader } from '../../sync/sync-stage.ts';
import { fusaka, pectra } from '../announcements.ts';
import { archives, githubReleases, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';
import { figuresBy } from '../sync-readers.ts';

/**
 * The Linux builder's, which signs for both platforms: `release.yml` of go-ethereum. The fingerprint is that of the page
 * "Downloads" of geth.ethereum.org, in ethereum/geth-website; the key itself is told there by its address at a key server.
 */
const linuxBuilderKey = {
  fingerprint: 'FDE5A1A044FA13D2F7ADA019A61A13569BA28146',
  packet:
    'BFggyuEBEADAWrc/bm0LD0EsymPoWKf3L5br0CNIoDfN0eHRFDKu11blTUY2GcK7BcrE7yTp7iyY2C3GCXIvm/2MT8ljp7ilqhlWlMiEaxZuhHIAiv4021G1hm5V7MpDKaXLoMcbKLdk6wtULfx8u+KvOFgDEAXyfe93RZtJqEnm/ed3KWF123s/ceXydf4ruFypyW04gaKHepb23WNnz98kQqWxlmSWResp7gD7rOGEE0R1blK2VnVksTAi+ObUJdrRl/aNYYzwaPwysSoZf+WQAQrd/Wcx/FTlnp6IODvxH88mTIUa3KnCNOxxBD3i2eXIWcR3fqyMnIAaoVxKQzL0odkuTHO+2axNecvfXU7rN+k1eEA121bJDQjxqKhtgKfCiwg+prw9+sGS/ZnFLxP+s1ss5z1HpTTO60YQpnYoUPSbL4RGaFBuAkzSg43iS3RaaXLk8lNunpWwQxY85995ZHKkf/yvg9wULwQ7lDvDO6nD+HCbf6H5AOALt2uQAPaG1bKk+bioaLDF2ziHW6jwDRKxRa0FyNtP2yb6nCM1wJSu6ymaRQxqTFcQjfHxNeFWYZhObfC90eqUnlUEhfAWz/tflDIioDGRhB9XB3gRCvjVz/gSxp4xOMgEtIsUgzsavPWxE1HDGB0CKB8UChGVqNWl0Lom0GXGxUg2VNF+gTppees7qwARAQAB',
};

const file = (platform: string) => `geth-${platform}-{version}-{commit}`;

/** Source: go-ethereum, eth/downloader and `ethereum.SyncProgress`. */
const figures = figuresBy([
  // What is left of the state once its downloaded parts are put together.
  [['healedTrienodes', 'healingTrienodes', 'healingBytecode'], 'heal'],
  [['syncedAccounts', 'syncedStorage'], 'state'],
]);

const syncReader: SyncReader = (progress, target) => {
  const { currentBlock = 0 } = progress;
  const isIndexing = figuresBy([[['txIndexRemainingBlocks'], 'indexing']])(progress, target);
  return currentBlock >= target && target > 0 && isIndexing ? 'indexing' : figures(progress, target);
};

export const geth: ClientDefinition = {
  id: 'geth',
  layer: 'execution',
  displayName: 'Geth',
  artifacts: [
    { kind: 'image', image: 'ethereum/client-go', tag: 'v{version}' },
    archives(
      { 'linux-x64': 'linux-amd64', 'linux-arm64': 'linux-arm64' },
      (platform) => {
        const url = `https://gethstore.blob.core.windows.net/builds/${file(platform)}.tar.gz`;
        const signature = { url: `${url}.asc`, key: linuxBuilderKey };
        return { url, format: 'tar.gz', bin: `${file(platform)}/geth`, signature };
      },
      {
        commits: { '1.17.3': '117e067f', '1.17.4': '36a7dc72', '1.17.5': '9621c6ad', '1.17.7': '3d858f85' },
        releases: githubReleases('ethereum/go-ethereum', 'v{version}'),
      },
    ),
    ownProgram,
  ],
  defaultVersion: '1.17.7',
  ...forkSupport(
    { fork: 'electra', since: '1.15.9', source: pectra },
    { fork: 'fulu', since: '1.16.7', source: fusaka },
  ),
  ports: [loopback('rpc'), steering('engine'), open('p2p'), loopback('metrics')],
  identityFiles: [{ name: 'geth.key', dataPath: 'geth/nodekey' }],
  managedFlags: [
    '--config',
    '--datadir',
    '--networkid',
    '--override.genesis',
    '--mainnet',
    '--sepolia',
    '--holesky',
    '--hoodi',
    '--dev',
    '--syncmode',
    '--http',
    '--http.addr',
    '--http.port',
    '--http.api',
    '--authrpc.addr',
    '--authrpc.port',
    '--authrpc.vhosts',
    '--authrpc.jwtsecret',
    '--ipcdisable',
    '--port',
    '--discovery.port',
    '--nodiscover',
    '--bootnodes',
    '--nat',
    '--nodekey',
    '--metrics',
    '--metrics.addr',
    '--metrics.port',
  ],
  flagOfVariable: flagsAfter(['GETH_']),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/debug/metrics/prometheus' },
  jsonLogs: ['--log.format=json'],
  syncReader,
  notes: [
    'The genesis is written into an empty data directory by `geth init`, once.',
    'It syncs in full: snap sync of a chain of a few days has failed on its pivot block.',
    'Its archives bear a commit in their names, so that only versions whose commit we know can be had as archives.',
    '`static-nodes.json` is ignored; add peers with `admin_addPeer`.',
  ],
  tasks: (context) => [
    {
      name: 'init',
      args: ['init', `--datadir=${context.paths.data}`, bundleFile(context, 'executionGenesis')],
      env: context.env,
      deadlineMs: 120_000,
    },
  ],
  program: (context) => ({ args: gethArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function gethArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    `--datadir=${paths.data}`,
    `--networkid=${context.identity.chainId}`,
    '--syncmode=full',
    '--http',
    `--http.addr=${listenAddress}`,
    `--http.port=${portOf(context, 'rpc')}`,
    '--http.api=admin,debug,eth,net,txpool,web3',
    `--authrpc.addr=${listenAddress}`,
    `--authrpc.port=${portOf(context, 'engine')}`,
    '--authrpc.vhosts=*',
    `--authrpc.jwtsecret=${paths.jwt}`,
    '--ipcdisable',
    `--port=${portOf(context, 'p2p')}`,
    `--discovery.port=${portOf(context, 'p2p')}`,
    ...(context.enodes.length === 0 ? ['--nodiscover'] : joined('--bootnodes', context.enodes)),
    ...given(context.externalAddress, (address) => [`--nat=extip:${address}`]),
    '--metrics',
    `--metrics.addr=${listenAddress}`,
    `--metrics.port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
