import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, joined, metadataFolder, portOf, required } from '../context.ts';
import { loopback, open } from '../ports.ts';
import { lighthouseProgram } from '../programs/lighthouse.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const lighthouse: ClientDefinition = {
  id: 'lighthouse',
  layer: 'consensus',
  ...lighthouseProgram,
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  identityFiles: [{ name: 'lighthouse.key', dataPath: 'beacon/network/key' }],
  managedFlags: [
    '--network',
    '--testnet-dir',
    '--datadir',
    '--execution-endpoint',
    '--execution-endpoints',
    '--execution-jwt',
    '--jwt-secrets',
    '--http',
    '--http-address',
    '--http-port',
    '--port',
    '--quic-port',
    '--discovery-port',
    '--enr-address',
    '--enr-tcp-port',
    '--enr-udp-port',
    '--enr-quic-port',
    '--disable-enr-auto-update',
    '--boot-nodes',
    '--checkpoint-sync-url',
    '--checkpoint-state',
    '--checkpoint-block',
    '--allow-insecure-genesis-sync',
    '--ignore-ws-check',
    '--genesis-state-url',
    '--suggested-fee-recipient',
    '--builder',
    '--metrics',
    '--metrics-address',
    '--metrics-port',
    '--logfile-max-number',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'It reads config.yaml, genesis.ssz and deposit_contract_block.txt from one folder, which is `metadata` of the release. Bootnodes it gets by a flag: the name of its own file for them has changed over the versions.',
    'Without a checkpoint it syncs from genesis, which it wants to be told.',
    'Its publisher signs its archives with a key that is to be had from key servers alone: they are trusted as they first come.',
  ],
  tasks: () => [],
  program: (context) => ({ args: lighthouseArgs(context), env: context.env }),
  readiness: beaconReadiness,
};

function lighthouseArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress, checkpointUrl } = context;
  return [
    'beacon_node',
    `--testnet-dir=${metadataFolder(context)}`,
    `--datadir=${paths.data}`,
    `--execution-endpoint=${required(context.engineUrl, 'the engine URL')}`,
    `--execution-jwt=${paths.jwt}`,
    '--http',
    `--http-address=${listenAddress}`,
    `--http-port=${portOf(context, 'api')}`,
    `--port=${portOf(context, 'p2p')}`,
    `--quic-port=${portOf(context, 'quic')}`,
    ...joined('--boot-nodes', context.bootstrapEnrs),
    ...given(context.externalAddress, (address) => [
      `--enr-address=${address}`,
      `--enr-tcp-port=${portOf(context, 'p2p')}`,
      `--enr-udp-port=${portOf(context, 'p2p')}`,
      `--enr-quic-port=${portOf(context, 'quic')}`,
      '--disable-enr-auto-update',
    ]),
    ...(checkpointUrl === undefined
      ? ['--allow-insecure-genesis-sync', '--ignore-ws-check']
      : [`--checkpoint-sync-url=${checkpointUrl}`]),
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.builderUrl, (url) => [`--builder=${url}`]),
    '--metrics',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    '--logfile-max-number=0',
    ...context.args,
  ];
}
