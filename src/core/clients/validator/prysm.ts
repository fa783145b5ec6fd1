import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { given, portOf, required } from '../context.ts';
import { loopback, steering } from '../ports.ts';
import { prysmArtifacts, prysmConfigPath, prysmFiles, prysmNotes, prysmRelease } from '../programs/prysm.ts';
import { metricsReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

export const prysmValidator: ClientDefinition = {
  id: 'prysm',
  layer: 'validator',
  ...prysmRelease,
  artifacts: prysmArtifacts('validator'),
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--accept-terms-of-use',
    '--mainnet',
    '--sepolia',
    '--holesky',
    '--hoodi',
    '--chain-config-file',
    '--config-file',
    '--datadir',
    '--wallet-dir',
    '--wallet-password-file',
    '--enable-beacon-rest-api',
    '--beacon-rest-api-provider',
    '--beacon-rpc-provider',
    '--rpc',
    '--web',
    '--http-host',
    '--http-port',
    '--keymanager-token-file',
    '--validators-external-signer-url',
    '--validators-external-signer-public-keys',
    '--suggested-fee-recipient',
    '--graffiti',
    '--enable-builder',
    '--monitoring-host',
    '--monitoring-port',
    '--disable-monitoring',
    '--clear-db',
    '--force-clear-db',
  ],
  stop: signingStop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'both',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    gasLimitNeedsBuilder: true,
    // Source: validator/rpc/handlers_keymanager.go of OffchainLabs/prysm; with status 400.
    nothingSet: ['No fee recipient set'],
    signsExits: true,
  },
  notes: [
    ...prysmNotes,
    'It speaks the Beacon API, so that it works with every beacon node and not only with its own.',
    'Keys go into a wallet, which a task makes before each start; they are brought in over the keymanager API, because passwords differ. Its password is the content of the keymanager token file: both are secrets of this node alone, and an unattended start needs them on the disk.',
    'It takes a gas limit only where it asks a builder: without one the limit of its execution client holds, and a key set has none for it.',
    'It imports slashing protection only where there is a `validator.db`: a new store gets an empty one first.',
    'A validators root that is not that of its database stops it; every network has a store of its own.',
  ],
  files: () => prysmFiles,
  keyFiles: { folders: [], perKey: [], gone: ['wallet'] },
  protection: {
    file: 'slashing_protection.json',
    // It imports into a database that is there, and takes an empty file for an empty one.
    before: [{ path: 'validator.db', content: '' }],
    // Source: Prysm, validator/slashing-protection-history/export.go. It gives up without an error, and says that it has
    // nothing, as soon as one key attested and has no record of proposals. Nobody proposes at slot 0.
    given: (history) => (history.blocks.length > 0 ? history : { ...history, blocks: [{ slot: 0 }] }),
    nothingToExport: 'No slashing protection data was found in your database',
    exportTask: (context) =>
      protectionTask(context, 'export', `--slashing-protection-export-dir=${context.paths.data}`),
    importTask: (context) =>
      protectionTask(
        context,
        'import',
        `--slashing-protection-json-file=${context.paths.data}/slashing_protection.json`,
      ),
  },
  tasks: (context) => [
    {
      name: 'wallet',
      args: [
        'wallet',
        'create',
        '--accept-terms-of-use=true',
        '--keymanager-kind=imported',
        ...walletFlags(context),
      ],
      env: context.env,
      deadlineMs: 60_000,
      makes: `${wallet}/direct`,
    },
  ],
  program: (context) => ({ args: prysmArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

const wallet = 'wallet';

function walletFlags(context: ClientContext): readonly string[] {
  return [
    `--wallet-dir=${context.paths.data}/${wallet}`,
    `--wallet-password-file=${required(context.paths.keymanagerToken, 'the keymanager token')}`,
  ];
}

function prysmArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress, signerUrl } = context;
  return [
    '--accept-terms-of-use=true',
    `--datadir=${paths.data}`,
    `--chain-config-file=${prysmConfigPath(context)}`,
    '--enable-beacon-rest-api',
    `--beacon-rest-api-provider=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--rpc=true',
    `--http-host=${listenAddress}`,
    `--http-port=${portOf(context, 'keymanager')}`,
    `--keymanager-token-file=${required(paths.keymanagerToken, 'the keymanager token')}`,
    ...(signerUrl === undefined
      ? walletFlags(context)
      : [
          `--validators-external-signer-url=${signerUrl}`,
          `--validators-external-signer-public-keys=${signerUrl}/api/v1/eth2/publicKeys`,
        ]),
    ...given(context.feeRecipient, (address) => [`--suggested-fee-recipient=${address}`]),
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: cmd/validator/flags/flags.go of OffchainLabs/prysm.
    ...(context.asksBuilder === true ? ['--enable-builder=true'] : []),
    `--monitoring-host=${listenAddress}`,
    `--monitoring-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}

/** Source: Prysm, `slashing-protection-history`; the export has a file name of its own. */
function protectionTask(context: ClientContext, verb: 'export' | 'import', where: string): ClientTask {
  const { paths, env } = context;
  const args = [
    'slashing-protection-history',
    verb,
    '--accept-terms-of-use=true',
    `--datadir=${paths.data}`,
    where,
  ];
  return { name: `protection-${verb}`, args, env, deadlineMs: 600_000 };
}
