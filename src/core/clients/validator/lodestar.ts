import type { ClientContext, ClientDefinition, ClientTask } from '../client.ts';
import { bundleFile, given, portOf, required } from '../context.ts';
import { flagsAfter } from '../flag-variables.ts';
import { loopback, steering } from '../ports.ts';
import { lodestarProgram } from '../programs/lodestar.ts';
import { metricsReadiness } from '../readiness.ts';
import { signingStop } from '../stop-policies.ts';

export const lodestarValidator: ClientDefinition = {
  id: 'lodestar',
  layer: 'validator',
  ...lodestarProgram,
  ports: [steering('keymanager'), loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--network',
    '--paramsFile',
    '--dataDir',
    '--rcConfig',
    '--beaconNodes',
    '--keystoresDir',
    '--secretsDir',
    '--validatorsDbDir',
    '--importKeystores',
    '--importKeystoresPassword',
    '--keymanager',
    '--keymanager.address',
    '--keymanager.port',
    '--keymanager.auth',
    '--keymanager.tokenFile',
    '--externalSigner.url',
    '--externalSigner.fetch',
    '--externalSigner.pubkeys',
    '--suggestedFeeRecipient',
    '--graffiti',
    '--builder',
    '--metrics',
    '--metrics.address',
    '--metrics.port',
    '--logFile',
    '--force',
  ],
  flagOfVariable: flagsAfter(['LODESTAR']),
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
    'Its slashing protection is the LevelDB `validator-db`, which also holds genesis time and validators root: it refuses another network.',
  ],
  keyFiles: {
    folders: ['keystores', 'secrets'],
    perKey: [],
    gone: ['cache', 'remoteKeys'],
    place: {
      keystore: (key) => `keystores/${key}/voting-keystore.json`,
      password: (key) => `secrets/${key}`,
    },
  },
  exportLayout: {
    keystore: (key) => `keystores/${key}/voting-keystore.json`,
    password: (key) => `secrets/${key}`,
  },
  protection: {
    file: 'interchange.json',
    exportTask: (context) => protectionTask(context, 'export'),
    importTask: (context) => protectionTask(context, 'import'),
  },
  tasks: () => [],
  program: (context) => ({ args: lodestarArgs(context), env: context.env }),
  readiness: metricsReadiness,
};

function lodestarArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'validator',
    `--dataDir=${paths.data}`,
    `--paramsFile=${bundleFile(context, 'consensusConfig')}`,
    `--beaconNodes=${required(context.beaconUrl, 'the Beacon API URL')}`,
    '--keymanager=true',
    `--keymanager.address=${listenAddress}`,
    `--keymanager.port=${portOf(context, 'keymanager')}`,
    `--keymanager.tokenFile=${required(paths.keymanagerToken, 'the keymanager token')}`,
    ...given(context.signerUrl, (url) => [`--externalSigner.url=${url}`, '--externalSigner.fetch=true']),
    ...given(context.feeRecipient, (address) => [`--suggestedFeeRecipient=${address}`]),
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: packages/cli/src/cmds/validator/options.ts of ChainSafe/lodestar.
    ...(context.asksBuilder === true ? ['--builder=true'] : []),
    '--metrics=true',
    `--metrics.address=${listenAddress}`,
    `--metrics.port=${portOf(context, 'metrics')}`,
    '--logFile=none',
    ...context.args,
  ];
}

/** Source: Lodestar, `validator slashing-protection`; it asks the beacon node for the validators root. */
function protectionTask(context: ClientContext, verb: 'export' | 'import'): ClientTask {
  const { paths, env } = context;
  return {
    name: `protection-${verb}`,
    args: [
      'validator',
      'slashing-protection',
      verb,
      `--file=${paths.data}/interchange.json`,
      `--dataDir=${paths.data}`,
      `--paramsFile=${bundleFile(context, 'consensusConfig')}`,
      `--beaconNodes=${required(context.beaconUrl, 'the Beacon API URL')}`,
    ],
    env,
    deadlineMs: 600_000,
  };
}
