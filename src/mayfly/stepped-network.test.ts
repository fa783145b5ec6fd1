import { describe, expect, it } from 'vitest';
import { tinyGenesis } from '../../test/support/tiny-genesis.ts';
import { deriveValidatorKeys } from './keys/validator-keys.ts';
import { createNetwork } from './network.ts';
import { SteppedNetwork } from './stepped-network.ts';

const keys = deriveValidatorKeys('stepped', 64);

function network(fork: 'electra' | 'fulu') {
  const { configYaml, genesisSsz } = tinyGenesis({
    pubkeys: keys.map((key) => key.pubkey),
    genesisTimeSeconds: 1_700_000_000,
    slotSeconds: 2,
    fork,
  });
  return createNetwork(configYaml, genesisSsz);
}

describe('a stepped network', () => {
  it.each(['electra', 'fulu'] as const)(
    'of %s justifies and finalizes as the protocol says',
    async (fork) => {
      const stepped = await SteppedNetwork.open({ network: network(fork), keys });
      const { chain } = stepped.node;
      await stepped.stepTo(95);
      expect(chain.justified.epoch).toBe(0);
      await stepped.stepTo(96);
      expect(chain.justified.epoch).toBe(2);
      await stepped.stepTo(127);
      expect(chain.finalized.epoch).toBe(0);
      await stepped.stepTo(128);
      expect(chain.finalized.epoch).toBe(2);
      expect(chain.head.slot).toBe(128);
    },
    60_000,
  );
});
