import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { allowedHosts, bundleFile, given, portOf, required } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { loopback, steering } from '../ports.ts';
import { tekuProgram } from '../programs/teku.ts';
import { metricsReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

export const tekuValidator: ClientDefinition = {
  id: 'teku',
  layer: 'validator',
  ...tekuProgram,
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--network',
    '--config-file',
    '--data-path',
    '--data-base-path',
    '--data-validator-path',
    '--beacon-node-api-endpoint',
    '--beacon-node-api-endpoints',
    '--validator-keys',
    '--validators-keystore-locking-enabled',
    '--validator-api-enabled',
    '--validator-api-interface',
    '--validator-api-port',
    '--validator-api-host-allowlist',
    '--validator-api-bearer-file',
    '--validator-api-keystore-file',
    '--validator-api-keystore-password-file',
    '--Xvalidator-api-ssl-enabled',
    '--Xvalidator-api-unsafe-hosts-enabled',
    '--validators-external-signer-url',
    '--validators-external-signer-public-keys',
    '--validators-proposer-default-fee-recipient',
    '--validators-graffiti',
    '--validators-builder-registration-default-enabled',
    '--metrics-enabled',
    '--metrics-interface',
    '--metrics-port',
    '--metrics-host-allowlist',
    '--log-destination',
  ],
  flagOfVariable: flagsAfter(['TEKU_']),
  stop: signingStop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'both',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    signsExits: true,
  },
  needsFeeRecipient: true,
  notes: [
    'Its keymanager API speaks TLS by default and wants a keystore for it. It stays on the loopback address, where Teku itself allows plain HTTP, so that we turn that off (`--Xvalidator-api-ssl-enabled=false`). Inside a container it listens on every address of that, which it wants to be told (`--Xvalidator-api-unsafe-hosts-enabled=true`); the port is published on the loopback address alone.',
    'It does not start without a fee recipient.',
    'Its slashing protection is one file a key under `validator/slashprotection`, each with the validators root.',
  ],
  keyFiles: {
    folders: ['keystores', 'passwords'],
    perKey: [],
    // What came over its API.
    gone: [
      'validator/key-manager/local',
      'validator/key-manager/local-passwords',
      'validator/key-manager/remote',
    ],
    place: { keystore: (key) => `keystores/${key}.json`, password: (key) => `passwords/${key}.txt` },
  },
  exportLayout: { keystore: (key) => `keys/${key}.json`, password: (key) => `passwords/${key}.txt` },
  protection: {
    file: 'interchange.json',
    exportTask: (context) => protectionTask(context, 'export', '--to'),
    importTask: (context) => protectionTask(context, 'import', '--from'),
  },
  tasks: () => [],
  program: (context) => ({ args: tekuArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

function tekuArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'validator-client',
    `--network=${bundleFile(context, 'consensusConfig')}`,
    `--data-path=${paths.data}`,
    `--beacon-node-api-endpoint=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--validators-keystore-locking-enabled=false',
    '--validator-api-enabled=true',
    `--validator-api-interface=${listenAddress}`,
    `--validator-api-port=${portOf(context, 'keymanager')}`,
    `--validator-api-host-allowlist=${allowedHosts(context)}`,
    `--validator-api-bearer-file=${required(paths.keymanagerToken, 'the keymanager token')}`,
    '--Xvalidator-api-ssl-enabled=false',
    // Source: ValidatorRestApiConfig.java of Consensys/teku: without TLS it takes no other address, inside a container neither.
    ...(listenAddress === '127.0.0.1' ? [] : ['--Xvalidator-api-unsafe-hosts-enabled=true']),
    ...(context.signerUrl === undefined
      ? [`--validator-keys=${paths.data}/keystores:${paths.data}/passwords`]
      : [
          `--validators-external-signer-url=${context.signerUrl}`,
          '--validators-external-signer-public-keys=external-signer',
        ]),
    `--validators-proposer-default-fee-recipient=${required(context.feeRecipient, 'a fee recipient')}`,
    ...given(context.graffiti, (graffiti) => [`--validators-graffiti=${graffiti}`]),
    // Source: ValidatorProposerOptions.java of Consensys/teku.
    ...(context.asksBuilder === true ? ['--validators-builder-registration-default-enabled=true'] : []),
    '--metrics-enabled=true',
    `--metrics-interface=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    `--metrics-host-allowlist=${allowedHosts(context)}`,
    '--log-destination=CONSOLE',
    ...context.args,
  ];
}

/** Source: Teku, `slashing-protection`. */
function protectionTask(context: ClientContext, verb: 'export' | 'import', flag: string): ClientTask {
  const { paths, env } = context;
  const args = [
    'slashing-protection',
    verb,
    `--data-path=${paths.data}`,
    `${flag}=${paths.data}/interchange.json`,
  ];
  return { name: `protection-${verb}`, args, env, deadlineMs: 600_000 };
}
