import { ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, portOf, required } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, steering } from '../ports.ts';
import { metricsReadiness } from '../readiness.ts';
import type { StopPolicy } from '../units.ts';

/**
 * Told to stop it signs on: until the next slot is over, and first until each block proposal that it knows of is made,
 * which may be minutes. Nothing is lost when it is killed, because what it signed is remembered by its signer.
 * Source: src/shutdown.py of serenita-org/vero.
 */
const stop: StopPolicy = { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 2_000 };

export const vero: ClientDefinition = {
  id: 'vero',
  layer: 'validator',
  displayName: 'Vero',
  artifacts: [
    {
      kind: 'image',
      image: 'ghcr.io/serenita-org/vero',
      tag: 'v{version}',
    },
    ownProgram,
  ],
  defaultVersion: '1.4.1',
  ...forkSupport({
    fork: 'fulu',
    since: '1.2.0',
    source: 'releases of serenita-org/vero, which follow the Fusaka releases of beacon nodes',
  }),
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--network',
    '--network-custom-config-path',
    '--data-dir',
    '--beacon-node-urls',
    '--remote-signer-url',
    '--enable-keymanager-api',
    '--keymanager-api-token-file-path',
    '--keymanager-api-address',
    '--keymanager-api-port',
    '--fee-recipient',
    '--graffiti',
    '--use-external-builder',
    '--metrics-address',
    '--metrics-port',
  ],
  stop,
  metrics: { port: 'metrics', path: '/metrics' },
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'remote',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    answersFromGenesis: true,
    signsExits: true,
  },
  // Its only table with content is of keys and what they were told; what was signed is remembered by its signer. Source:
  // src/providers/db of serenita-org/vero. Left there, it would sign with them before anybody is asked.
  keyFiles: { folders: [], perKey: [], gone: ['vero.db', 'vero.db-wal', 'vero.db-shm', 'vero.db-journal'] },
  needsSigner: true,
  needsFeeRecipient: true,
  notes: [
    'It holds no keys: a remote signer is mandatory, and slashing protection is that of the signer. What the signer of its own node remembers goes to and from other clients; a signer of somebody else is not asked.',
    'Keys from a signer and keys through its keymanager API exclude each other; it has the API. Each key of its sets is named to it there with the address of the signer, that of the node or of somebody else, and never one that the signer does not have, at which it would stop doing duties for all.',
    'What it was told lies in `vero.db`, and it signs with those keys as soon as it starts. That file is taken away before each start, so that a key that was moved is not signed with; keys and what they were told are given to it anew.',
    'Its keymanager API answers from the genesis on, and it looks for new keys at the end of an epoch alone: it begins to sign with the epoch after that in which it is given them. So epoch 0 of an iteration goes by without it. After a stop in order it goes on with the duties that it had.',
    'A gas limit is what it tells a builder; without one it has no effect.',
    'Its own doppelganger detection looks at the keys that it starts with, which are none here.',
    'It does not start without a fee recipient.',
    'Told to stop it first finishes its duties, block proposals of minutes ahead among them: it is killed after 30 seconds, and after 2 at a reset.',
    'It is published as an image only.',
  ],
  tasks: () => [],
  program: (context) => ({ args: veroArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

function veroArgs(context: ClientContext): readonly string[] {
  return [
    '--network=custom',
    `--network-custom-config-path=${bundleFile(context, 'consensusConfig')}`,
    `--data-dir=${context.paths.data}`,
    `--beacon-node-urls=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--enable-keymanager-api',
    `--keymanager-api-token-file-path=${required(context.paths.keymanagerToken, 'the keymanager token')}`,
    `--keymanager-api-address=${context.listenAddress}`,
    `--keymanager-api-port=${portOf(context, 'keymanager')}`,
    `--fee-recipient=${required(context.feeRecipient, 'a fee recipient')}`,
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: docs/docs/reference/cli_reference.md of serenita-org/vero.
    ...(context.asksBuilder === true ? ['--use-external-builder'] : []),
    `--metrics-address=${context.listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
