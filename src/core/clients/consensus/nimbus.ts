import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, metadataFolder, portOf, required } from '../context.ts';
import { isSince } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { nimbusArtifacts, nimbusNotes, nimbusRelease } from '../programs/nimbus-eth2.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

const keyFile = 'network_key.json';

export const nimbus: ClientDefinition = {
  id: 'nimbus',
  layer: 'consensus',
  ...nimbusRelease,
  artifacts: nimbusArtifacts('statusim/nimbus-eth2', 'nimbus_beacon_node'),
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  identityFiles: [{ name: 'nimbus.network-key.json', dataPath: keyFile }],
  managedFlags: [
    '--network',
    '--data-dir',
    '--config-file',
    '--non-interactive',
    '--status-bar',
    '--el',
    '--web3-url',
    '--jwt-secret',
    '--rest',
    '--rest-address',
    '--rest-port',
    '--tcp-port',
    '--udp-port',
    '--quic-port',
    '--bootstrap-node',
    '--bootstrap-file',
    '--nat',
    '--enr-auto-update',
    '--netkey-file',
    '--insecure-netkey-password',
    '--external-beacon-api-url',
    '--suggested-fee-recipient',
    '--payload-builder',
    '--payload-builder-url',
    '--metrics',
    '--metrics-address',
    '--metrics-port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'It takes the network as a folder and reads config.yaml, genesis.ssz, the deposit contract block and bootstrap_nodes.txt from it, which is `metadata` of the release.',
    'A checkpoint is fetched by a task of its own on an empty data directory (`trustedNodeSync`), before the first start.',
    'Since 26.8.0 it listens for QUIC too, on a UDP port of its own; earlier versions do not know the flag and are not given it.',
    'Its key is new at every start unless it is given a file.',
    ...nimbusNotes,
  ],
  tasks: (context) =>
    given(context.checkpointUrl, (url) => [url]).map((url) => ({
      name: 'checkpoint',
      args: [
        'trustedNodeSync',
        `--network=${metadataFolder(context)}`,
        `--data-dir=${context.paths.data}`,
        `--trusted-node-url=${url}`,
        '--backfill=false',
      ],
      env: context.env,
      deadlineMs: 600_000,
    })),
  program: (context) => ({ args: nimbusArgs(context), env: context.env }),
  readiness: beaconReadiness,
};

function nimbusArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    '--non-interactive=true',
    '--status-bar=false',
    `--network=${metadataFolder(context)}`,
    `--data-dir=${paths.data}`,
    `--el=${required(context.engineUrl, 'the engine URL')}`,
    `--jwt-secret=${paths.jwt}`,
    '--rest=true',
    `--rest-address=${listenAddress}`,
    `--rest-port=${portOf(context, 'api')}`,
    `--tcp-port=${portOf(context, 'p2p')}`,
    `--udp-port=${portOf(context, 'p2p')}`,
    // Source: releases of status-im/nimbus-eth2, 26.8.0.
    ...(isSince(context.version, '26.8.0') ? [`--quic-port=${portOf(context, 'quic')}`] : []),
    ...given(context.externalAddress, (address) => [`--nat=extip:${address}`, '--enr-auto-update=false']),
    `--netkey-file=${paths.data}/${keyFile}`,
    '--insecure-netkey-password=true',
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.builderUrl, (url) => ['--payload-builder=true', `--payload-builder-url=${url}`]),
    '--metrics=true',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
