import type { ClientContext, ClientDefinition } from '../client.ts';
import { bundleFile, given, joined, portOf } from '../context.ts';
import { forkSupport, isSince } from '../fork-support.ts';
import { loopback, open } from '../ports.ts';
import { caplinApi, caplinCheckpoint, caplinQuicSince, erigonVersion } from '../programs/erigon.ts';
import { beaconReadiness } from '../readiness.ts';
import { chainStop } from '../stop-policies.ts';

/**
 * Caplin inside Erigon. Source of its flags: cmd/utils/flags.go and node/cli/default_flags.go of erigontech/erigon,
 * 3.0 to 3.7; of what they mean: cmd/caplin/caplin1/run.go and node/eth/backend.go.
 */
export const caplinEmbedded: ClientDefinition = {
  id: 'caplin-embedded',
  layer: 'consensus',
  displayName: 'Caplin in Erigon',
  hostedBy: 'erigon',
  artifacts: [],
  defaultVersion: erigonVersion,
  ...forkSupport({
    fork: 'fulu',
    since: '3.2.2',
    source: 'Erigon 3.2.2, of which it is a part: Fusaka Mainnet Announcement, November 2025',
  }),
  ports: [loopback('api'), open('p2p'), open('quic', 'udp'), loopback('sentinel')],
  // Its key lies inside its database.
  identityFiles: [],
  managedFlags: [
    '--caplin.custom-config',
    '--caplin.custom-genesis',
    '--caplin.use-engine-api',
    '--beacon.api',
    '--beacon.api.addr',
    '--beacon.api.port',
    '--caplin.discovery.addr',
    '--caplin.discovery.port',
    '--caplin.discovery.tcpport',
    '--caplin.discovery.quicport',
    '--caplin.nat',
    '--sentinel.addr',
    '--sentinel.port',
    '--sentinel.bootnodes',
    '--caplin.checkpoint-sync-url',
    '--caplin.checkpoint-sync.disable',
    '--caplin.mev-relay-url',
  ],
  stop: chainStop,
  notes: [
    'One program is both layers: it is started, stopped and begun again as one, at Erigon’s version and with its limits and environment. Its output is in the log of the execution client.',
    'It drives Erigon within the program, without the Engine API and its secret. `--caplin.use-engine-api` is refused: with it there is no Beacon API, by which we see which network it is on.',
    'Its data are inside Erigon’s directory. To begin either layer again is to begin both again.',
    'A checkpoint is the whole address of a state, not of an API.',
    'Where a network has no consensus bootnodes, it asks those of mainnet, which do not know it.',
  ],
  tasks: () => [],
  program: (context) => ({ args: embeddedArgs(context), env: {} }),
  readiness: beaconReadiness,
};

function embeddedArgs(context: ClientContext): readonly string[] {
  return [
    // Together they make its network one of our own; one without the other ends it (run.go, HaveInvalidDevnetParams).
    `--caplin.custom-config=${bundleFile(context, 'consensusConfig')}`,
    `--caplin.custom-genesis=${bundleFile(context, 'consensusGenesis')}`,
    caplinApi,
    `--beacon.api.addr=${context.listenAddress}`,
    `--beacon.api.port=${portOf(context, 'api')}`,
    '--caplin.discovery.addr=0.0.0.0',
    `--caplin.discovery.port=${portOf(context, 'p2p')}`,
    `--caplin.discovery.tcpport=${portOf(context, 'p2p')}`,
    ...(isSince(context.version, caplinQuicSince)
      ? [`--caplin.discovery.quicport=${portOf(context, 'quic')}`]
      : []),
    // Since 3.4. Erigon's own `--nat` is not for it. Source: erigontech/erigon, pull request 20013.
    ...given(context.externalAddress, (address) => [`--caplin.nat=extip:${address}`]),
    // A gRPC service that nobody of ours asks, and that has 7777 otherwise, on any number of Erigons.
    '--sentinel.addr=127.0.0.1',
    `--sentinel.port=${portOf(context, 'sentinel')}`,
    ...joined('--sentinel.bootnodes', context.bootstrapEnrs),
    ...given(context.checkpointUrl, (url) => [caplinCheckpoint(url)]),
    ...given(context.builderUrl, (url) => [`--caplin.mev-relay-url=${url}`]),
    ...context.args,
  ];
}
