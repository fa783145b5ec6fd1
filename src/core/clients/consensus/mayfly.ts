import type { ClientDefinition } from '../client.ts';
import { portOf, required } from '../context.ts';
import { forkSupport } from '../fork-support.ts';

/** The consensus layer of simulated networks, as a follower of a network's producer. */
export const mayfly: ClientDefinition = {
  id: 'mayfly',
  layer: 'consensus',
  displayName: 'Mayfly',
  artifacts: [{ kind: 'builtin', package: 'ephemery-node', version: 'own', bin: 'dist/app/mayfly.js' }],
  defaultVersion: 'own',
  ...forkSupport({ fork: 'fulu', since: '0', source: 'our own tests' }),
  ports: [{ name: 'api', protocol: 'tcp', exposure: 'loopback' }],
  identityFiles: [],
  followsProducer: true,
  managedFlags: [
    '--data-dir',
    '--bundle',
    '--api-address',
    '--api-port',
    '--engine-url',
    '--jwt',
    '--follow',
  ],
  stop: { signal: 'SIGTERM', deadlineMs: 10_000, resetStopDeadlineMs: 750 },
  tasks: () => [],
  program: (context) => ({
    args: [
      `--data-dir=${context.paths.data}`,
      `--bundle=${context.paths.bundle}`,
      `--api-address=${context.listenAddress}`,
      `--api-port=${portOf(context, 'api')}`,
      `--engine-url=${required(context.engineUrl, 'the engine URL')}`,
      `--jwt=${context.paths.jwt}`,
      ...(context.followUrl === undefined ? [] : [`--follow=${context.followUrl}`]),
      ...context.args,
    ],
    env: context.env,
  }),
  readiness: (context) => ({
    kind: 'http',
    url: `http://127.0.0.1:${portOf(context, 'api')}/eth/v1/node/version`,
    statuses: [200],
    deadlineMs: 60_000,
  }),
};
