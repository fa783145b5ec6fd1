import { SecretKey } from '@chainsafe/blst';
import { chainConfigFromJson, createBeaconConfig, createChainForkConfig } from '@lodestar/config';
import { createCachedBeaconState, createPubkeyCache } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleFiles } from '../core/network/bundle.ts';
import type { BuiltRelease } from './build-release.ts';
import { buildRelease } from './build-release.ts';
import { devnetInputs } from './devnet-inputs.ts';

const credentials = `01${'0'.repeat(22)}${'ab'.repeat(20)}`;
const lines = Array.from({ length: 64 }, (_, index) => {
  const secret = SecretKey.fromKeygen(Buffer.alloc(32, index + 1));
  return `${secret.toPublicKey().toHex()}:${credentials}:32000000000`;
});
const premined = '0x1ea692e68a7765de26fc03a6d74ee5b56a7e2b4d';

function build(lastFork: 'electra' | 'fulu', iteration = 7): Promise<BuiltRelease> {
  const inputs = devnetInputs({
    iteration: 7,
    chainId: 39_438_007,
    startSeconds: 1_700_000_000,
    periodSeconds: 120,
    genesisDelaySeconds: 15,
    slotSeconds: 2,
    shardCommitteePeriod: 1,
    minValidatorWithdrawabilityDelay: 2,
    validators: [{ name: 'mayfly', lines }],
    premineEth: { [premined]: 1000 },
  });
  return buildRelease({ inputs, iteration, lastFork, tagPrefix: 'devnet-' });
}

function text(release: BuiltRelease, path: string): string {
  return new TextDecoder().decode(release.files.get(path));
}

describe('release of a devnet', () => {
  it.each(['electra', 'fulu'] as const)(
    'starts at %s with a state that a consensus client loads',
    async (fork) => {
      const release = await build(fork);
      const settings = parse(text(release, bundleFiles.consensusConfig), { schema: 'failsafe' });
      const chain = createChainForkConfig(chainConfigFromJson(settings));
      expect(chain.SLOT_DURATION_MS).toBe(2000);
      expect(chain.getForkName(0)).toBe(fork);
      const view = ssz[fork].BeaconState.deserializeToViewDU(
        release.files.get(bundleFiles.consensusGenesis) ?? new Uint8Array(),
      );
      const config = createBeaconConfig(chain, view.genesisValidatorsRoot);
      const state = createCachedBeaconState(view, { config, pubkeyCache: createPubkeyCache() });
      expect(state.epochCtx.currentShuffling.activeIndices).toHaveLength(64);
      expect(state.genesisTime).toBe(1_700_000_015);
      expect(`0x${Buffer.from(state.hashTreeRoot()).toString('hex')}`).toBe(release.consensusStateRoot());
    },
  );

  it('moves number, chain id and times to another iteration', async () => {
    const { tag, identity, startSeconds } = await build('electra', 9);
    expect({ tag, chainId: identity.chainId, startSeconds, genesis: identity.genesisTimeSeconds }).toEqual({
      tag: 'devnet-9',
      chainId: 39_438_009,
      startSeconds: 1_700_000_240,
      genesis: 1_700_000_255,
    });
  });

  it('leaves no trace of forks after the last one in genesis.json', async () => {
    const { config, alloc } = JSON.parse(text(await build('electra'), bundleFiles.executionGenesis));
    expect(Object.keys(config).filter((key) => /osaka|bpo/i.test(key))).toEqual([]);
    expect(Object.keys(config.blobSchedule)).toEqual(['cancun', 'prague']);
    expect(alloc[premined]).toEqual({ balance: '1000000000000000000000' });
  });
});
