import type { ClientContext, ClientDefinition } from '../client.ts';
import { allowedHosts, bundleFile, given, joined, portOf, required } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { isSince } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { tekuProgram } from '../programs/teku.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const teku: ClientDefinition = {
  id: 'teku',
  layer: 'consensus',
  ...tekuProgram,
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  identityFiles: [{ name: 'teku.node-key', dataPath: 'beacon/kvstore/generated-node-key.dat' }],
  managedFlags: [
    '--network',
    '--config-file',
    '--genesis-state',
    '--initial-state',
    '--data-path',
    '--data-base-path',
    '--data-beacon-path',
    '--data-storage-mode',
    '--ee-endpoint',
    '--ee-jwt-secret-file',
    '--rest-api-enabled',
    '--rest-api-interface',
    '--rest-api-port',
    '--rest-api-host-allowlist',
    '--p2p-port',
    '--p2p-udp-port',
    '--p2p-quic-port',
    '--p2p-advertised-ip',
    '--p2p-advertised-ips',
    '--p2p-advertised-quic-port',
    '--p2p-discovery-enabled',
    '--p2p-discovery-bootnodes',
    '--p2p-discovery-bootnodes-url',
    '--p2p-private-key-file',
    '--checkpoint-sync-url',
    '--ignore-weak-subjectivity-period-enabled',
    '--validators-proposer-default-fee-recipient',
    '--builder-endpoint',
    '--metrics-enabled',
    '--metrics-interface',
    '--metrics-port',
    '--metrics-host-allowlist',
    '--log-destination',
  ],
  flagOfVariable: flagsAfter(['TEKU_']),
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'Its own `--network=ephemery` reads the network from a website, ends with an error at the end of a period and deletes its databases at the next start. We give it the verified release instead.',
    'Since 26.7.0 it listens for QUIC too, on a UDP port of its own; earlier versions do not know the flag and are not given it.',
    'JSON logs need a log4j2 configuration of your own.',
  ],
  tasks: () => [],
  program: (context) => ({ args: tekuArgs(context), env: context.env }),
  readiness: beaconReadiness,
};

function tekuArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress, checkpointUrl, bootstrapEnrs } = context;
  return [
    `--network=${bundleFile(context, 'consensusConfig')}`,
    `--genesis-state=${bundleFile(context, 'consensusGenesis')}`,
    `--data-path=${paths.data}`,
    '--data-storage-mode=PRUNE',
    `--ee-endpoint=${required(context.engineUrl, 'the engine URL')}`,
    `--ee-jwt-secret-file=${paths.jwt}`,
    '--rest-api-enabled=true',
    `--rest-api-interface=${listenAddress}`,
    `--rest-api-port=${portOf(context, 'api')}`,
    `--rest-api-host-allowlist=${allowedHosts(context)}`,
    `--p2p-port=${portOf(context, 'p2p')}`,
    // Source: releases of Consensys/teku, 26.7.0. What it announces is the port that it listens on.
    ...(isSince(context.version, '26.7.0') ? [`--p2p-quic-port=${portOf(context, 'quic')}`] : []),
    ...given(context.externalAddress, (address) => [`--p2p-advertised-ip=${address}`]),
    ...(bootstrapEnrs.length === 0
      ? ['--p2p-discovery-enabled=false']
      : joined('--p2p-discovery-bootnodes', bootstrapEnrs)),
    checkpointUrl === undefined
      ? '--ignore-weak-subjectivity-period-enabled=true'
      : `--checkpoint-sync-url=${checkpointUrl}`,
    ...given(context.feeRecipient, (address) => [`--validators-proposer-default-fee-recipient=${address}`]),
    ...given(context.builderUrl, (url) => [`--builder-endpoint=${url}`]),
    '--metrics-enabled=true',
    `--metrics-interface=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    `--metrics-host-allowlist=${allowedHosts(context)}`,
    '--log-destination=CONSOLE',
    ...context.args,
  ];
}
