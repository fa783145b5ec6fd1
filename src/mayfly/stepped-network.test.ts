import { describe, expect, it } from 'vitest';
import { steppedSetup } from '../../test/support/stepped.ts';
import { SteppedNetwork } from './stepped-network.ts';

describe('a stepped network', () => {
  it.each(['electra', 'fulu'] as const)(
    'of %s justifies and finalizes as the protocol says',
    async (fork) => {
      const stepped = await SteppedNetwork.open(await steppedSetup(64, { fork }));
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
