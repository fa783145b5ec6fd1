import { createHash } from 'node:crypto';
import type { ReleaseBundle } from '../../src/core/network/bundle.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { identityName, type NetworkIdentity } from '../../src/core/network/identity.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';

/** A short life: a quarter of an hour. */
export const network: NetworkDefinition = {
  name: 'simulated',
  baseTimeSeconds: 1_700_000_000,
  baseChainId: 5000,
  periodSeconds: 900,
  genesisDelaySeconds: 60,
  publishLeadSeconds: 225,
  prefetchLeadSeconds: 225,
  releaseTagPrefix: 'sim-',
  releaseSources: [],
  checkpointProviders: [],
};

function hash(text: string): string {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}

/** The identity of an iteration; `edition` tells re-releases of one number apart. */
export function identityOf(iteration: number, edition = ''): NetworkIdentity {
  const { chainId, genesisSeconds } = scheduleOf(network, iteration);
  return {
    iteration,
    chainId,
    genesisValidatorsRoot: hash(`root ${iteration}${edition}`),
    executionGenesisHash: hash(`block ${iteration}${edition}`),
    genesisTimeSeconds: genesisSeconds,
  };
}

export function bundleOf(
  iteration: number,
  more: Partial<ReleaseBundle> & { edition?: string } = {},
): ReleaseBundle {
  const { edition, ...rest } = more;
  const identity = identityOf(iteration, edition);
  return {
    tag: `${network.releaseTagPrefix}${iteration}`,
    identity,
    startSeconds: scheduleOf(network, iteration).startSeconds,
    periodSeconds: network.periodSeconds,
    genesisDelaySeconds: network.genesisDelaySeconds,
    highestFork: 'fulu',
    enodes: [],
    bootstrapEnrs: [],
    depositContractAddress: '0x00000000219ab540356cbb839cbe05303d7705fa',
    directory: `/releases/${identityName(identity)}`,
    ...rest,
  };
}
