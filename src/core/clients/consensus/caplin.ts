import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf, required } from '../context.ts';
import { forkSupport, isSince } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { caplinApi, caplinCheckpoint, caplinQuicSince, erigonRelease } from '../programs/erigon.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

export const caplin: ClientDefinition = {
  id: 'caplin',
  layer: 'consensus',
  displayName: 'Caplin',
  artifacts: erigonRelease('caplin'),
  // 3.7 may or may not have QUIC, whose flag the others do not know.
  defaultVersion: '3.6.1',
  ...forkSupport({
    fork: 'fulu',
    since: '3.2.2',
    source: 'Erigon 3.2.2, of which it is a part: Fusaka Mainnet Announcement, November 2025',
  }),
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('metrics')],
  findsOwnAddress:
    'It has no flag for an `externalAddress`: its peers tell it which one they see. Forward its ports under the same numbers.',
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
    '--sentinel.quic.port',
    '--discovery.port',
    '--discovery.addr',
    '--sentinel.bootnodes',
    '--caplin.checkpoint-sync-url',
    '--mev-relay-url',
    '--pprof',
    '--pprof.addr',
    '--pprof.port',
  ],
  stop: chainStop,
  metrics: { port: 'metrics', path: '/debug/metrics/prometheus' },
  notes: [
    'This is Caplin as a program of its own, beside any execution client. Inside Erigon it is `caplin-embedded`.',
    'It comes with the releases of Erigon and bears their numbers. Since 3.8 it speaks QUIC too, on a port of its own.',
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
    caplinApi,
    `--beacon.api.addr=${listenAddress}`,
    `--beacon.api.port=${portOf(context, 'api')}`,
    `--sentinel.tcp.port=${portOf(context, 'p2p')}`,
    `--discovery.port=${portOf(context, 'p2p')}`,
    // Source: erigontech/erigon, issue 23398 and pull request 24117.
    ...(isSince(context.version, caplinQuicSince) ? [`--sentinel.quic.port=${portOf(context, 'quic')}`] : []),
    '--discovery.addr=0.0.0.0',
    ...joined('--sentinel.bootnodes', context.bootstrapEnrs),
    ...given(context.checkpointUrl, (url) => [caplinCheckpoint(url)]),
    ...given(context.builderUrl, (url) => [`--mev-relay-url=${url}`]),
    '--pprof',
    `--pprof.addr=${listenAddress}`,
    `--pprof.port=${portOf(context, 'metrics')}`,
    ...context.args,
  ];
}
