import type { ClientContext, ClientDefinition, ClientTask, KeyToPlace } from '../client.ts';
import { given, metadataFolder, portOf, required } from '../context.ts';
import { loopback, steering } from '../ports.ts';
import { lighthouseProgram } from '../programs/lighthouse.ts';
import { metricsReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

const definitionsFile = 'validators/validator_definitions.yml';
const keystorePath = (key: string) => `validators/${key}/voting-keystore.json`;
const secretPath = (key: string) => `secrets/${key}`;

export const lighthouseValidator: ClientDefinition = {
  id: 'lighthouse',
  layer: 'validator',
  ...lighthouseProgram,
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--network',
    '--testnet-dir',
    '--datadir',
    '--validators-dir',
    '--secrets-dir',
    '--beacon-nodes',
    '--init-slashing-protection',
    '--disable-slashing-protection-web3signer',
    '--http',
    '--http-address',
    '--http-port',
    '--http-token-path',
    '--http-store-passwords-in-secrets-dir',
    '--unencrypted-http-transport',
    '--suggested-fee-recipient',
    '--graffiti',
    '--builder-proposals',
    '--metrics',
    '--metrics-address',
    '--metrics-port',
    '--logfile-max-number',
  ],
  stop: signingStop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'both',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    // Source: validator_client/src/http_api of sigp/lighthouse; both with status 500.
    nothingSet: ['no fee recipient set', 'No graffiti found'],
    answersFromGenesis: true,
    signsExits: true,
  },
  notes: [
    'It opens its keymanager API only once the genesis of the network has passed.',
    'Its keys, their fee recipients and the remote signer stand in `validators/validator_definitions.yml`, which is written before each start: they are there at the genesis.',
    'Its API is not encrypted, which it wants to be told; it stays on the loopback address.',
    'Its slashing protection is `validators/slashing_protection.sqlite`. A new store begins without one (`--init-slashing-protection`) and gets the earlier ones imported.',
    'Its publisher signs its archives with a key that is to be had from key servers alone: they are trusted as they first come.',
  ],
  keyFiles: {
    folders: ['secrets'],
    perKey: ['validators'],
    gone: [definitionsFile, 'validators/validator_key_cache.json'],
    place: { keystore: keystorePath, password: secretPath },
    files: (context, keys) => [{ path: definitionsFile, content: definitions(context, keys) }],
  },
  exportLayout: { keystore: keystorePath, password: secretPath },
  protection: {
    file: 'interchange.json',
    // Its database is made in a folder that must be there.
    before: [{ path: definitionsFile, content: '[]\n' }],
    exportTask: (context) => protectionTask(context, 'export'),
    importTask: (context) => protectionTask(context, 'import'),
  },
  tasks: () => [],
  program: (context) => ({ args: lighthouseArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

function lighthouseArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'validator_client',
    `--testnet-dir=${metadataFolder(context)}`,
    `--datadir=${paths.data}`,
    `--beacon-nodes=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--init-slashing-protection',
    '--http',
    `--http-address=${listenAddress}`,
    `--http-port=${portOf(context, 'keymanager')}`,
    '--unencrypted-http-transport',
    `--http-token-path=${required(paths.keymanagerToken, 'the keymanager token')}`,
    '--http-store-passwords-in-secrets-dir',
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: book/src/help_vc.md of sigp/lighthouse.
    ...(context.asksBuilder === true ? ['--builder-proposals'] : []),
    '--metrics',
    `--metrics-address=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    '--logfile-max-number=0',
    ...context.args,
  ];
}

/** JSON is YAML too. Source: the Lighthouse book, validator definitions. */
function definitions({ paths, signerUrl }: ClientContext, keys: readonly KeyToPlace[]): string {
  const entries = keys.map(({ key, feeRecipient }) => ({
    enabled: true,
    voting_public_key: key,
    ...(feeRecipient === undefined ? {} : { suggested_fee_recipient: feeRecipient }),
    ...(signerUrl === undefined
      ? {
          type: 'local_keystore',
          voting_keystore_path: `${paths.data}/${keystorePath(key)}`,
          voting_keystore_password_path: `${paths.data}/${secretPath(key)}`,
        }
      : { type: 'web3signer', url: signerUrl }),
  }));
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}

/** Source: the Lighthouse book, slashing protection. The validators root comes from the genesis in the folder. */
function protectionTask(context: ClientContext, verb: 'export' | 'import'): ClientTask {
  const { paths, env } = context;
  return {
    name: `protection-${verb}`,
    args: [
      'account_manager',
      'validator',
      'slashing-protection',
      verb,
      `${paths.data}/interchange.json`,
      `--testnet-dir=${metadataFolder(context)}`,
      `--datadir=${paths.data}`,
    ],
    env,
    deadlineMs: 600_000,
  };
}
