import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { given, portOf, required } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { steering } from '../ports.ts';
import { mayflyMarks } from '../programs/mayfly-marks.ts';

/** Signing ends with the signal; what is left is a flush of slashing protection. */
const stop = { signal: 'SIGTERM', deadlineMs: 10_000, resetStopDeadlineMs: 10_000 } as const;

export const mayflyValidator: ClientDefinition = {
  id: 'mayfly',
  layer: 'validator',
  displayName: 'Mayfly',
  artifacts: [
    { kind: 'builtin', package: 'ephemery-node', version: 'own', bin: 'dist/app/mayfly-validator.js' },
  ],
  defaultVersion: 'own',
  ...forkSupport({ fork: 'fulu', since: '0', source: 'our own tests' }),
  ports: [steering('keymanager')],
  identityFiles: [],
  toldFiles: ['deleted-keys.txt'],
  managedFlags: [
    '--data-dir',
    '--bundle',
    '--beacon-url',
    '--key-set',
    '--keystores',
    '--secrets',
    '--export-protection',
    '--fee-recipient',
    '--fee-recipient-of',
    '--graffiti',
    '--api-address',
    '--api-port',
    '--api-token',
  ],
  stop,
  keymanager: {
    port: 'keymanager',
    token: 'ours',
    keys: 'local',
    settings: ['feeRecipient', 'gasLimit', 'graffiti'],
    signsExits: true,
  },
  keyFiles: {
    besideSets: true,
    folders: ['imported/keystores', 'imported/secrets'],
    perKey: [],
    gone: [],
  },
  notes: [
    'It works with any beacon node that serves the standard API, and refuses one whose validators root is not that of its bundle.',
    'Its slashing protection is an EIP-3076 interchange, `slashing-protection.json`, with what came since in `slashing-protection.log`; the minimal rule of the EIP holds.',
    'A key that is deleted over the keymanager API stays in its key set and is not signed with any more, after a restart or a reset neither, until it is imported there again.',
    'It has no remote signer and asks no builder for blocks.',
  ],
  protection: {
    file: 'interchange.json',
    // The log is folded into the file and then emptied: read first, nothing of it is missed.
    liveFiles: ['slashing-protection.log', 'slashing-protection.json'],
    exportTask: (context) => protectionTask(context, 'export', []),
    importTask: (context) =>
      protectionTask(context, 'import', [`--interchange=${context.paths.data}/interchange.json`]),
  },
  signedMarks: { files: ['slashing-protection.log', 'slashing-protection.json'], read: mayflyMarks },
  tasks: () => [],
  program: (context) => ({ args: validatorArgs(context), env: context.env }),
  readiness: (context) => ({ kind: 'tcp', port: portOf(context, 'keymanager'), deadlineMs: 120_000 }),
};

function validatorArgs(context: ClientContext): readonly string[] {
  const { paths, keySets } = context;
  return [
    `--data-dir=${paths.data}`,
    `--bundle=${paths.bundle}`,
    `--beacon-url=${required(context.beaconUrl, 'the Beacon API URL')}`,
    ...keySets.flatMap(({ keystores, secrets, feeRecipient }) => [
      `--keystores=${keystores}`,
      `--secrets=${secrets}`,
      ...given(feeRecipient, (address) => [`--fee-recipient-of=${keystores}=${address}`]),
    ]),
    ...given(context.feeRecipient, (address) => [`--fee-recipient=${address}`]),
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    `--api-address=${context.listenAddress}`,
    `--api-port=${portOf(context, 'keymanager')}`,
    ...given(paths.keymanagerToken, (file) => [`--api-token=${file}`]),
    ...context.args,
  ];
}

/** What it is given it takes in first, and what it then has it writes. */
function protectionTask(
  context: ClientContext,
  verb: 'export' | 'import',
  given: readonly string[],
): ClientTask {
  const { paths, env } = context;
  const args = [
    `--data-dir=${paths.data}`,
    `--bundle=${paths.bundle}`,
    ...given,
    `--export-protection=${paths.data}/interchange.json`,
  ];
  return { name: `protection-${verb}`, args, env, deadlineMs: 120_000 };
}
