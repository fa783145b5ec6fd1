import { archives, everywhere, githubRelease, ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { allowedHosts, bundleFile, portOf, required } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, steering } from '../ports.ts';
import { signingStop } from '../stop-policies.ts';

export const web3signer: ClientDefinition = {
  id: 'web3signer',
  layer: 'signer',
  displayName: 'Web3Signer',
  artifacts: [
    { kind: 'image', image: 'consensys/web3signer', tag: '{version}' },
    archives(
      everywhere('web3signer-{version}'),
      (name) => {
        const url = githubRelease('Consensys/web3signer', '{version}', `${name}.tar.gz`);
        const checksum = { url: `${url}.sha256`, form: 'sha256sum' } as const;
        return { url, format: 'tar.gz', bin: `${name}/bin/web3signer`, checksum };
      },
      { needs: [{ program: 'java', words: 'Java 21 or later; Java 25 for versions after 26.4.2' }] },
    ),
    ownProgram,
  ],
  defaultVersion: '26.4.2',
  ...forkSupport(
    {
      fork: 'electra',
      since: '25.4.1',
      source: 'CHANGELOG of Consensys/web3signer: Electra scheduled for mainnet',
    },
    {
      fork: 'fulu',
      since: '25.11.0',
      source: 'CHANGELOG of Consensys/web3signer: Fulu scheduled for mainnet',
    },
  ),
  ports: [steering('api'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--config-file',
    '--data-path',
    '--key-store-path',
    '--key-config-path',
    '--http-listen-host',
    '--http-listen-port',
    '--http-host-allowlist',
    '--metrics-enabled',
    '--metrics-host',
    '--metrics-port',
    '--metrics-host-allowlist',
    '--network',
    '--key-manager-api-enabled',
    '--enable-key-manager-api',
    '--slashing-protection-enabled',
    '--slashing-protection-db-url',
    '--slashing-protection-db-username',
    '--slashing-protection-db-password',
    '--slashing-protection-pruning-enabled',
  ],
  flagOfVariable: flagsAfter(['WEB3SIGNER_ETH2_', 'WEB3SIGNER_']),
  stop: signingStop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: { port: 'api', token: 'none', keys: 'local', settings: [], signsExits: false },
  notes: [
    'Its slashing protection is a PostgreSQL database, which belongs to one validators root: every network gets a schema of its own. Its migrations lie in its archive and its image and are run before the first start.',
    "The database's password stands in a file of options (`--config-file`), never among the arguments.",
    'Its keymanager API knows no token: whoever reaches the port can bring and take keys, so that it stays on the loopback address.',
    'Options of the program come before the sub-command `eth2`, those for keys and protection after it; `args` are added at the end.',
  ],
  migrations: { beside: '../migrations/postgresql', inImage: '/opt/web3signer/migrations/postgresql' },
  signedRows,
  protection: {
    file: 'interchange.json',
    exportTask: (context) => protectionTask(context, 'export', '--to'),
    importTask: (context) => protectionTask(context, 'import', '--from'),
  },
  exportLayout: {
    keystore: (key) => `keys/${key}.json`,
    password: (key) => `keys/${key}.txt`,
    more: (key) => ({
      path: `keys/${key}.yaml`,
      content: keyConfiguration({ keystore: `${key}.json`, password: `${key}.txt` }),
    }),
  },
  keyFiles: {
    folders: ['keys'],
    perKey: [],
    gone: [],
    place: { keystore: (key) => `keys/${key}.json`, password: (key) => `keys/${key}.password` },
    files: ({ paths }, keys) =>
      keys.map(({ key }) => ({
        path: `keys/${key}.yaml`,
        content: keyConfiguration({
          keystore: JSON.stringify(`${paths.data}/keys/${key}.json`),
          password: JSON.stringify(`${paths.data}/keys/${key}.password`),
        }),
      })),
  },
  tasks: () => [],
  program: (context) => ({ args: signerArgs(context), env: context.env }),
  readiness: (context) => ({
    kind: 'http',
    url: `http://127.0.0.1:${portOf(context, 'api')}/upcheck`,
    statuses: [200],
    deadlineMs: 120_000,
  }),
};

/** Source: Web3Signer, slashing-protection, migrations V1 to V12: both tables are indexed by validator and number. */
function signedRows(schema: string): string {
  const last = (what: string, table: string) =>
    `(SELECT max(${what}) FROM ${schema}.${table} WHERE validator_id = validators.id)::text`;
  return `SELECT '0x' || encode(public_key, 'hex') AS key,
  ${last('slot', 'signed_blocks')} AS block,
  ${last('target_epoch', 'signed_attestations')} AS attestation
FROM ${schema}.validators`;
}

/** Source: Web3Signer's documentation, use raw or keystore signing keys. */
function keyConfiguration({ keystore, password }: { keystore: string; password: string }): string {
  return `type: file-keystore
keyType: BLS
keystoreFile: ${keystore}
keystorePasswordFile: ${password}
`;
}

function signerArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  // It never runs without slashing protection.
  const { jdbcUrl, username, optionsFile } = required(context.signerDatabase, 'the database of the signer');
  return [
    `--config-file=${optionsFile}`,
    `--data-path=${paths.data}`,
    `--key-store-path=${paths.data}/keys`,
    `--http-listen-host=${listenAddress}`,
    `--http-listen-port=${portOf(context, 'api')}`,
    `--http-host-allowlist=${allowedHosts(context)}`,
    '--metrics-enabled=true',
    `--metrics-host=${listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    `--metrics-host-allowlist=${allowedHosts(context)}`,
    'eth2',
    `--network=${bundleFile(context, 'consensusConfig')}`,
    '--key-manager-api-enabled=true',
    '--slashing-protection-enabled=true',
    `--slashing-protection-db-url=${jdbcUrl}`,
    `--slashing-protection-db-username=${username}`,
    '--slashing-protection-pruning-enabled=true',
    ...context.args,
  ];
}

/**
 * Source: Web3Signer, `eth2 export` and `eth2 import`, which take the options of `eth2` before them. Beside the signer
 * itself they are other users of the same database, which its transactions keep apart; no real signer was tried.
 */
function protectionTask(context: ClientContext, verb: 'export' | 'import', flag: string): ClientTask {
  const { paths, env } = context;
  const { jdbcUrl, username, optionsFile } = required(context.signerDatabase, 'the database of the signer');
  const args = [
    `--config-file=${optionsFile}`,
    'eth2',
    `--network=${bundleFile(context, 'consensusConfig')}`,
    `--slashing-protection-db-url=${jdbcUrl}`,
    `--slashing-protection-db-username=${username}`,
    verb,
    `${flag}=${paths.data}/interchange.json`,
  ];
  return { name: `protection-${verb}`, args, env, deadlineMs: 600_000 };
}
