import { describe, expect, it } from 'vitest';
import { refusePublicNetwork } from './local-only.ts';

/** Iteration 160 of the public network: its chain id, and its genesis 600 s after its T. */
const genesis160 = 1_393_527_600 + 160 * 2_419_200 + 600;

describe('a network that Mayfly is given', () => {
  it.each([
    ['mainnet', 1, 1_606_824_023],
    ['hoodi', 560_048, 1_742_213_400],
    ['ephemery 160', 39_438_160, genesis160],
  ])('is refused when it is %s', (name, chainId, time) => {
    expect(() => refusePublicNetwork({ chainId, genesisTimeSeconds: time })).toThrow(
      expect.objectContaining({ code: 'EPH-MAYFLY-PUBLIC-NETWORK', facts: { network: name, chainId } }),
    );
  });

  it.each([
    [39_438_160, genesis160 + 12],
    [7_336_001, genesis160],
  ])('is a local one otherwise: chain id %i at %i', (chainId, time) => {
    expect(() => refusePublicNetwork({ chainId, genesisTimeSeconds: time })).not.toThrow();
  });
});
