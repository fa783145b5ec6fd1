import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf, required } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { isSince } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { lodestarProgram } from '../programs/lodestar.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const lodestar: ClientDefinition = {
  id: 'lodestar',
  layer: 'consensus',
  ...lodestarProgram,
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  // Its key counts only together with the record that it signed with it.
  identityFiles: [
    { name: 'lodestar.peer-id.json', dataPath: 'peer-id.json' },
    { name: 'lodestar.enr', dataPath: 'enr' },
  ],
  managedFlags: [
    '--network',
    '--paramsFile',
    '--genesisStateFile',
    '--dataDir',
    '--rcConfig',
    '--execution.urls',
    '--jwtSecret',
    '--rest',
    '--rest.address',
    '--rest.port',
    '--rest.namespace',
    '--port',
    '--discoveryPort',
    '--quic',
    '--quicPort',
    '--discv5',
    '--bootnodes',
    '--bootnodesFile',
    '--network.connectToDiscv5Bootnodes',
    '--nat',
    '--enr.ip',
    '--enr.tcp',
    '--enr.udp',
    '--enr.quic',
    '--checkpointSyncUrl',
    '--checkpointState',
    '--suggestedFeeRecipient',
    '--builder',
    '--builder.url',
    '--metrics',
    '--metrics.address',
    '--metrics.port',
    '--logFile',
  ],
  flagOfVariable: flagsAfter(['LODESTAR']),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'Its own `--network ephemery` computes the network when the process starts and reads it from a website; it is never used.',
    'Since 1.42.0 it listens for QUIC unasked, on a UDP port of its own; versions before 1.41.0 do not know the flag and are not given it.',
    'It cannot be installed from npm at present, so it comes as an image or an archive.',
  ],
  tasks: () => [],
  program: (context) => ({ args: lodestarArgs(context), env: context.env }),
  readiness: beaconReadiness,
};

/** Source: releases of ChainSafe/lodestar, 1.41.0 (off by default) and 1.42.0 (on), and its page on networking. */
function hasQuic({ version }: ClientContext): boolean {
  return isSince(version, '1.41.0');
}

function lodestarArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'beacon',
    `--dataDir=${paths.data}`,
    `--paramsFile=${bundleFile(context, 'consensusConfig')}`,
    `--genesisStateFile=${bundleFile(context, 'consensusGenesis')}`,
    `--execution.urls=${required(context.engineUrl, 'the engine URL')}`,
    `--jwtSecret=${paths.jwt}`,
    '--rest=true',
    `--rest.address=${listenAddress}`,
    `--rest.port=${portOf(context, 'api')}`,
    '--rest.namespace=*',
    `--port=${portOf(context, 'p2p')}`,
    `--discoveryPort=${portOf(context, 'p2p')}`,
    ...(hasQuic(context) ? [`--quicPort=${portOf(context, 'quic')}`] : []),
    ...(context.bootstrapEnrs.length === 0
      ? ['--discv5=false']
      : ['--network.connectToDiscv5Bootnodes=true', ...joined('--bootnodes', context.bootstrapEnrs)]),
    ...given(context.externalAddress, (address) => [
      '--nat=true',
      `--enr.ip=${address}`,
      `--enr.tcp=${portOf(context, 'p2p')}`,
      `--enr.udp=${portOf(context, 'p2p')}`,
      ...(hasQuic(context) ? [`--enr.quic=${portOf(context, 'quic')}`] : []),
    ]),
    ...given(context.checkpointUrl, (url) => [`--checkpointSyncUrl=${url}`]),
    ...given(context.feeRecipient, (address) => [`--suggestedFeeRecipient=${address}`]),
    ...given(context.builderUrl, (url) => ['--builder=true', `--builder.url=${url}`]),
    '--metrics=true',
    `--metrics.address=${listenAddress}`,
    `--metrics.port=${portOf(context, 'metrics')}`,
    '--logFile=none',
    ...context.args,
  ];
}
