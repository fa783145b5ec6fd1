import { describe, expect, it } from 'vitest';
import type { NetworkDefinition } from './definition.ts';
import { iterationAt, scheduleOf } from './schedule.ts';

const publicNetwork: NetworkDefinition = {
  name: 'ephemery',
  baseTimeSeconds: 1393527600,
  baseChainId: 39438000,
  periodSeconds: 2419200,
  genesisDelaySeconds: 600,
  publishLeadSeconds: 7200,
  prefetchLeadSeconds: 7200,
  releaseTagPrefix: 'ephemery-',
  releaseSources: [],
  checkpointProviders: [],
};

describe('schedule of the public network', () => {
  it('gives iteration 167 the start, genesis and chain id that were published for it', () => {
    expect(scheduleOf(publicNetwork, 167)).toEqual({
      iteration: 167,
      chainId: 39438167,
      startSeconds: 1797534000,
      genesisSeconds: 1797534600,
      endSeconds: 1797534000 + 2419200,
    });
  });

  it('changes iteration exactly at T', () => {
    expect(iterationAt(publicNetwork, 1797534000_000 - 1)).toBe(166);
    expect(iterationAt(publicNetwork, 1797534000_000)).toBe(167);
  });

  it('is negative before the base time', () => {
    expect(iterationAt(publicNetwork, 0)).toBeLessThan(0);
  });
});
