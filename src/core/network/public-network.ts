import type { NetworkDefinition } from './definition.ts';

/**
 * Ephemery, the public network, as it is since iteration 135 (July 2024).
 * Source: ephemery-testnet/ephemery-genesis, values.env and cl-config-genesis-zero.yaml.
 */
export const publicNetwork: NetworkDefinition = {
  name: 'ephemery',
  baseTimeSeconds: 1_393_527_600,
  baseChainId: 39_438_000,
  periodSeconds: 2_419_200,
  genesisDelaySeconds: 600,
  publishLeadSeconds: 7_200,
  prefetchLeadSeconds: 7_200,
  releaseTagPrefix: 'ephemery-',
  releaseSources: [
    { kind: 'github', url: 'https://github.com/ephemery-testnet/ephemery-genesis' },
    { kind: 'mirror', url: 'https://ephemery.dev/latest' },
  ],
  checkpointProviders: [
    'https://ephemery.beaconstate.ethstaker.cc',
    'https://checkpoint-sync.ephemery.ethpandaops.io',
    'https://checkpointz.bordel.wtf',
    'https://beaconstate-ephemery.chainsafe.dev',
  ],
  genesisForkVersion: '0x1000101b',
};
