import type { ClientDefinition } from '../../src/core/clients/client.ts';
import { portOf, required } from '../../src/core/clients/context.ts';

/** A validator client for the fake runtime: it does nothing, but is started, gated and stopped as a real one. */
export const fakeValidator: ClientDefinition = {
  id: 'fake',
  layer: 'validator',
  displayName: 'Fake validator client',
  artifacts: [{ kind: 'path' }],
  highestFork: () => 'fulu',
  ports: [{ name: 'api', protocol: 'tcp', exposure: 'loopback' }],
  identityFiles: [],
  managedFlags: ['--data', '--beacon'],
  stop: { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 30_000 },
  tasks: () => [],
  program: (context) => ({
    args: [
      `--data=${context.paths.data}`,
      `--beacon=${required(context.beaconUrl, 'the beacon URL')}`,
      ...context.args,
    ],
    env: context.env,
  }),
  readiness: (context) => ({ kind: 'tcp', port: portOf(context, 'api'), deadlineMs: 30_000 }),
};
