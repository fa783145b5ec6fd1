import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open, steering } from '../ports.ts';
import { erigonRelease, erigonVersion } from '../programs/erigon.ts';
import { rpcReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';
import { stagesBy } from '../sync-readers.ts';

const oneListener = 'the ChangeLog of erigontech/erigon, 3.5.0';

/** By the names of its stages. Source: erigontech/erigon, eth/stagedsync/stages. */
const syncReader = stagesBy([
  [/header/i, 'headers'],
  [/bodies|blockhash/i, 'bodies'],
  [/hash|trie|snapshot/i, 'state'],
  [/index|lookup|finish/i, 'indexing'],
]);

export const erigon: ClientDefinition = {
  id: 'erigon',
  layer: 'execution',
  displayName: 'Erigon',
  artifacts: erigonRelease('erigon'),
  defaultVersion: erigonVersion,
  ...forkSupport(
    // Earlier versions know these forks (3.0.3 and 3.2.2), and listen on ports that no flag of ours sets: one more of
    // 30303, 30304, … for each version of the protocol. Before 3.4 they end at once on `--mcp.port` besides.
    { fork: 'electra', since: '3.5.0', source: oneListener },
    { fork: 'fulu', since: '3.5.0', source: oneListener },
  ),
  ports: [
    loopback('rpc'),
    steering('engine'),
    open('p2p'),
    open('torrent'),
    loopback('private'),
    loopback('mcp'),
    loopback('metrics'),
  ],
  identityFiles: [{ name: 'erigon.key', dataPath: 'nodekey' }],
  managedFlags: [
    '--config',
    '--datadir',
    '--chain',
    '--networkid',
    '--externalcl',
    '--prune.mode',
    '--http',
    '--http.addr',
    '--http.port',
    '--http.api',
    '--authrpc.addr',
    '--authrpc.port',
    '--authrpc.vhosts',
    '--authrpc.jwtsecret',
    '--private.api.addr',
    '--mcp.port',
    '--port',
    '--torrent.port',
    '--bootnodes',
    '--nodiscover',
    '--nat',
    '--nodekey',
    '--metrics',
    '--metrics.addr',
    '--metrics.port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/debug/metrics/prometheus' },
  jsonLogs: ['--log.console.json'],
  syncReader,
  notes: [
    'The genesis is written into an empty data directory by `erigon init`, once; `--chain` is never given.',
    'Its built-in consensus client is off (`--externalcl`) unless the node names it: `consensus: { client: caplin-embedded }`. One program is then both layers.',
    'It opens more ports than others, each with a number of its own, so that several run side by side. Versions before 3.5 are refused: they listen on more peer ports, whose numbers are their own.',
    'It keeps the whole history unless it prunes, so we let it prune (`--prune.mode=full`).',
  ],
  tasks: (context) => [
    {
      name: 'init',
      args: ['init', `--datadir=${context.paths.data}`, bundleFile(context, 'executionGenesis')],
      env: context.env,
      deadlineMs: 120_000,
    },
  ],
  program: (context) => ({ args: erigonArgs(context), env: context.env }),
  readiness: rpcReadiness,
};

function erigonArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    `--datadir=${paths.data}`,
    `--networkid=${context.identity.chainId}`,
    // Its own consensus client runs unless it is told not to.
    ...(context.hosted ?? ['--externalcl']),
    '--prune.mode=full',
    '--http',
    `--http.addr=${listenAddress}`,
    `--http.port=${portOf(context, 'rpc')}`,
    '--http.api=admin,debug,eth,erigon,net,txpool,web3',
    `--authrpc.addr=${listenAddress}`,
    `--authrpc.port=${portOf(context, 'engine')}`,
    '--authrpc.vhosts=*',
    `--authrpc.jwtsecret=${paths.jwt}`,
    `--private.api.addr=127.0.0.1:${portOf(context, 'private')}`,
    `--mcp.port=${portOf(context, 'mcp')}`,
    `--port=${portOf(context, 'p2p')}`,
    `--torrent.port=${portOf(context, 'torrent')}`,
    ...(context.enodes.length === 0 ? ['--nodiscover'] : joined('--bootnodes', context.enodes)),
    ...given(context.externalAddress, (address) => [`--nat=extip:${address}`]),
    '--metrics',
    `--metrics.addr=${listenAddress}`,
    `--metrics.port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
