import { ownProgram } from '../archives.ts';
import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf, required } from '../context.ts';
import { forkSupport } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const caplin: ClientDefinition = {
  id: 'caplin',
  layer: 'consensus',
  displayName: 'Caplin',
  artifacts: [
    { kind: 'image', image: 'ethpandaops/caplin', tag: '{version}', command: ['caplin'] },
    ownProgram,
  ],
  defaultVersion: 'main',
  ...forkSupport({
    fork: 'fulu',
    since: '3.2.2',
    source: 'Erigon 3.2.2, of which it is a part: Fusaka Mainnet Announcement, November 2025',
  }),
  ports: [loopback('api'), open('p2p'), loopback('metrics')],
  // Its key lies inside its database.
  identityFiles: [],
  managedFlags: [
    '--datadir',
    '--chain',
    '--custom-config',
    '--custom-genesis-state',
    '--engine.api',
    '--engine.api.host',
    '--engine.api.port',
    '--engine.api.jwtsecret',
    '--beacon.api',
    '--beacon.api.addr',
    '--beacon.api.port',
    '--sentinel.tcp.port',
    '--discovery.port',
    '--discovery.addr',
    '--sentinel.bootnodes',
    '--caplin.checkpoint-sync-url',
    '--caplin.mev-relay-url',
    '--pprof',
    '--pprof.addr',
    '--pprof.port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/debug/metrics/prometheus' },
  notes: [
    'This is Caplin as a program of its own, beside any execution client. Inside Erigon it is off: see the decision on it.',
    'It has no numbered images: `main` moves, and ephemery.lock pins the digest.',
    'A checkpoint is the whole address of a state, not of an API.',
  ],
  tasks: () => [],
  program: (context) => ({ args: caplinArgs(context), env: context.env }),
  readiness: beaconReadiness,
};

function caplinArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  const engine = new URL(required(context.engineUrl, 'the engine URL'));
  return [
    `--datadir=${paths.data}`,
    `--custom-config=${bundleFile(context, 'consensusConfig')}`,
    `--custom-genesis-state=${bundleFile(context, 'consensusGenesis')}`,
    '--engine.api',
    `--engine.api.host=${engine.protocol}//${engine.hostname}`,
    `--engine.api.port=${engine.port}`,
    `--engine.api.jwtsecret=${paths.jwt}`,
    '--beacon.api=beacon,builder,config,debug,events,node,validator,lighthouse',
    `--beacon.api.addr=${listenAddress}`,
    `--beacon.api.port=${portOf(context, 'api')}`,
    `--sentinel.tcp.port=${portOf(context, 'p2p')}`,
    `--discovery.port=${portOf(context, 'p2p')}`,
    '--discovery.addr=0.0.0.0',
    ...joined('--sentinel.bootnodes', context.bootstrapEnrs),
    ...given(context.checkpointUrl, (url) => [
      `--caplin.checkpoint-sync-url=${url.replace(/\/$/, '')}/eth/v2/debug/beacon/states/finalized`,
    ]),
    ...given(context.builderUrl, (url) => [`--caplin.mev-relay-url=${url}`]),
    '--pprof',
    `--pprof.addr=${listenAddress}`,
    `--pprof.port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
