import { ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, portOf, required } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback } from '../ports.ts';
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
  ports: [loopback('metrics')],
  identityFiles: [],
  managedFlags: [
    '--network',
    '--network-custom-config-path',
    '--data-dir',
    '--beacon-node-urls',
    '--remote-signer-url',
    '--enable-keymanager-api',
    '--fee-recipient',
    '--graffiti',
    '--use-external-builder',
    '--metrics-address',
    '--metrics-port',
  ],
  stop,
  metrics: { port: 'metrics', path: '/metrics' },
  needsSigner: true,
  needsFeeRecipient: true,
  notes: [
    'It holds no keys: a remote signer is mandatory, and slashing protection is that of the signer. What the signer of its own node remembers goes to and from other clients; a signer of somebody else is not asked.',
    'Keys from a signer and keys through its keymanager API exclude each other; it takes those of the signer, and its keymanager API does not run.',
    'No key set can have a fee recipient, gas limit or graffiti of its own: a configuration that gives it one is refused. What the validator client is given holds for all keys.',
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
    `--remote-signer-url=${required(context.signerUrl, 'the URL of a remote signer')}`,
    `--fee-recipient=${required(context.feeRecipient, 'a fee recipient')}`,
    ...given(context.graffiti, (graffiti) => [`--graffiti=${graffiti}`]),
    // Source: docs/docs/reference/cli_reference.md of serenita-org/vero.
    ...(context.asksBuilder === true ? ['--use-external-builder'] : []),
    `--metrics-address=${context.listenAddress}`,
    `--metrics-port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
