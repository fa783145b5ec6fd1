import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { given, joined, metadataFolder, portOf, required } from '../context.ts';
import { loopback, open } from '../ports.ts';
import { grandineKeyFlags, grandineRelease } from '../programs/grandine.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const grandine: ClientDefinition = {
  id: 'grandine',
  layer: 'consensus',
  ...grandineRelease,
  artifacts: [
    { kind: 'image', image: 'sifrai/grandine', tag: '{version}' },
    archives(
      {
        'linux-x64': 'linux-x64',
        'linux-arm64': 'linux-arm64',
        'darwin-x64': 'osx-x64',
        'darwin-arm64': 'osx-arm64',
      },
      (platform) => {
        const bin = `grandine-{version}-${platform}`;
        return { url: githubRelease('grandinetech/grandine', '{version}', bin), format: 'program', bin };
      },
    ),
    ownProgram,
  ],
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  identityFiles: [{ name: 'grandine.key', dataPath: 'network/key' }],
  managedFlags: [
    '--network',
    '--configuration-file',
    '--configuration-directory',
    '--genesis-state-file',
    '--genesis-state-download-url',
    '--data-dir',
    '--store-directory',
    '--network-dir',
    '--eth1-rpc-urls',
    '--jwt-secret',
    '--http-address',
    '--http-port',
    '--libp2p-port',
    '--discovery-port',
    '--quic-port',
    '--libp2p-private-key-file',
    '--enr-address',
    '--enr-tcp-port',
    '--enr-udp-port',
    '--enr-quic-port',
    '--disable-enr-auto-update',
    '--boot-nodes',
    '--checkpoint-sync-url',
    '--suggested-fee-recipient',
    '--builder-url',
    '--builder-api-url',
    ...grandineKeyFlags,
    '--metrics',
    '--metrics-address',
    '--metrics-port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/metrics' },
  notes: [
    'It reads config.yaml, genesis.ssz and bootstrap_nodes.txt from one folder, which is `metadata` of the release.',
    'Its validators live in this very process: they are the validator client `grandine`, which needs a signer of the node. It serves other validator clients too.',
    'Until 2.0.1 its downloads were named `grandine-<version>-amd64`; such versions can be had as an image.',
  ],
  tasks: () => [],
  program: (context) => ({ args: grandineArgs(context), env: grandineEnv(context) }),
  readiness: beaconReadiness,
};

function grandineArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    '--network=custom',
    `--configuration-directory=${metadataFolder(context)}`,
    `--data-dir=${paths.data}`,
    `--eth1-rpc-urls=${required(context.engineUrl, 'the engine URL')}`,
    `--jwt-secret=${paths.jwt}`,
    `--http-address=${listenAddress}`,
    `--http-port=${portOf(context, 'api')}`,
    `--libp2p-port=${portOf(context, 'p2p')}`,
    `--discovery-port=${portOf(context, 'p2p')}`,
    `--quic-port=${portOf(context, 'quic')}`,
    ...joined('--boot-nodes', context.bootstrapEnrs),
    ...given(context.externalAddress, (address) => [
      `--enr-address=${address}`,
      `--enr-tcp-port=${portOf(context, 'p2p')}`,
      `--enr-udp-port=${portOf(context, 'p2p')}`,
      `--enr-quic-port=${portOf(context, 'quic')}`,
      '--disable-enr-auto-update',
    ]),
    ...given(context.checkpointUrl, (url) => [`--checkpoint-sync-url=${url}`]),
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.builderUrl, (url) => [`--builder-url=${url}`]),
    '--metrics',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...(context.hosted ?? []),
    ...context.args,
  ];
}

/**
 * With its validators it opens an API, and writes the token of that into its log. Sources: validator/src/api.rs, and
 * binary_utils/src/lib.rs for the variable, whose last word on a module holds.
 */
function grandineEnv({ hosted, env }: ClientContext): Readonly<Record<string, string>> {
  if (hosted === undefined) return env;
  const said = env.GRANDINE_LOG;
  const quiet = 'validator::api=warn';
  return { ...env, GRANDINE_LOG: said === undefined || said === '' ? quiet : `${said},${quiet}` };
}
