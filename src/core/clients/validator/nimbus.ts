import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { given, portOf, required } from '../context.ts';
import { loopback, steering } from '../ports.ts';
import { nimbusArtifacts, nimbusNotes, nimbusRelease } from '../programs/nimbus-eth2.ts';
import { metricsReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

export const nimbusValidator: ClientDefinition = {
  id: 'nimbus',
  layer: 'validator',
  ...nimbusRelease,
  artifacts: nimbusArtifacts('statusim/nimbus-validator-client', 'nimbus_validator_client'),
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--data-dir',
    '--config-file',
    '--validators-dir',
    '--secrets-dir',
    '--non-interactive',
    '--beacon-node',
    '--doppelganger-detection',
    '--keymanager',
    '--keymanager-address',
    '--keymanager-port',
    '--keymanager-token-file',
    '--web3-signer-url',
    '--suggested-fee-recipient',
    '--graffiti',
    '--payload-builder',
    '--metrics',
    '--metrics-address',
    '--metrics-port',
  ],
  stop: signingStop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'both',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    signsExits: true,
  },
  notes: [
    'It has no flag for a network and asks its beacon node: it must never be pointed at nodes of two iterations.',
    'Its own search for doppelgangers, on by default, is off: we look before it starts.',
    'Its slashing protection is `validators/slashing_protection.sqlite3`; folders must be 0700 and files 0600. The program of its beacon node exports and imports it, and is fetched for that where the node has another.',
    ...nimbusNotes,
  ],
  keyFiles: {
    folders: ['secrets'],
    perKey: ['validators'],
    gone: [],
    place: {
      keystore: (key) => `validators/${key}/keystore.json`,
      password: (key) => `secrets/${key}`,
    },
  },
  exportLayout: {
    keystore: (key) => `validators/${key}/keystore.json`,
    password: (key) => `secrets/${key}`,
  },
  protection: {
    by: 'nimbus',
    file: 'interchange.json',
    exportTask: (context) => protectionTask(context, 'export'),
    importTask: (context) => protectionTask(context, 'import'),
  },
  tasks: () => [],
  program: (context) => ({ args: nimbusArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

function nimbusArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    '--non-interactive=true',
    `--data-dir=${paths.data}`,
    `--beacon-node=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--doppelganger-detection=false',
    '--keymanager=true',
    `--keymanager-address=${listenAddress}`,
    `--keymanager-port=${portOf(context, 'keymanager')}`,
    `--keymanager-token-file=${required(paths.keymanagerToken, 'the keymanager token')}`,
    ...given(context.signerUrl, (url) => [`--web3-signer-url=${url}`]),
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: beacon_chain/conf.nim of status-im/nimbus-eth2.
    ...(context.asksBuilder === true ? ['--payload-builder=true'] : []),
    '--metrics=true',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}

/** Source: nimbus-eth2, docs/slashing_interchange.md. Its validator client has no such command. */
function protectionTask({ paths, env }: ClientContext, verb: 'export' | 'import'): ClientTask {
  return {
    name: `protection-${verb}`,
    args: [
      'slashingdb',
      verb,
      `${paths.data}/interchange.json`,
      `--data-dir=${paths.data}`,
      '--non-interactive=true',
    ],
    env,
    deadlineMs: 600_000,
  };
}
