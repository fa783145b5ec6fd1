import { describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import type { EngineApi } from '../../chain/engine.ts';
import { createStubEngine } from '../execution/stub-engine.ts';
import { SteppedNetwork } from '../stepped-network.ts';

const setup = await steppedSetup(64);

describe('a producer whose execution client has not confirmed the head', () => {
  it('signs nothing for it, and goes on once it is valid', async () => {
    const stub = createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash });
    let isSyncing = false;
    const status = { status: 'SYNCING', latestValidHash: null, validationError: null } as const;
    const doubt: Pick<EngineApi, 'newPayload' | 'forkchoiceUpdated'> = {
      newPayload: async () => ({ kind: 'answer', value: status }),
      forkchoiceUpdated: async () => ({ kind: 'answer', value: { payloadStatus: status, payloadId: null } }),
    };
    const engine = new Proxy(stub, {
      get: (target, method: keyof EngineApi) =>
        isSyncing && method in doubt ? doubt[method as keyof typeof doubt] : target[method],
    });
    const stepped = await SteppedNetwork.open({ ...setup, engine });
    await stepped.stepTo(3);
    const { chain, pools } = stepped.node;
    const votedIn = (slot: number) => pools.attestations.groups().some(({ data }) => data.slot === slot);
    const signed = (slot: number) =>
      pools.syncCommittee.aggregate(slot, chain.head.root).syncCommitteeBits.getTrueBitIndexes().length > 0;
    isSyncing = true;
    await stepped.stepTo(5);
    expect(chain.unconfirmed.has(chain.head.root)).toBe(true);
    expect([votedIn(3), votedIn(4), votedIn(5), signed(5)]).toEqual([true, false, false, false]);
    isSyncing = false;
    await stepped.stepTo(7);
    expect(chain.head.slot).toBe(7);
    expect([votedIn(7), signed(7)]).toEqual([true, true]);
  });
});
