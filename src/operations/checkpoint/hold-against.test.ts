import { describe, expect, it } from 'vitest';
import { type Answer, known, unknown } from '../../base/answer.ts';
import type { CheckpointProvider } from '../../chain/checkpoint-provider.ts';
import { heldAgainst } from './hold-against.ts';

const root = (digit: string) => `0x${digit.repeat(64)}`;
const agreed = { epoch: 10, root: root('1'), confirmedBy: ['http://two'] };
const none = unknown('status 404');

/** A client that has these blocks, of epochs of 8 slots. */
function client(blocks: Readonly<Record<string, string>>, finalizedEpoch = 0) {
  return {
    timing: async () => known({ secondsPerSlot: 12, slotsPerEpoch: 8 }),
    finality: async () => known({ finalizedEpoch, justifiedEpoch: finalizedEpoch }),
    blockRoot: async (slot: number | 'finalized'): Promise<Answer<string>> => {
      const found = blocks[slot];
      return found === undefined ? none : known(found);
    },
  };
}

function witness(blocks: Readonly<Record<number, string>>): CheckpointProvider {
  return {
    url: 'http://two',
    genesisValidatorsRoot: async () => none,
    finalized: async () => none,
    ...client(blocks),
  };
}

describe('what a client began with, held against what was agreed on', () => {
  it('is its own block of that epoch, or the one before an empty slot', async () => {
    const held = { epoch: 10, agreed: root('1') };
    expect(await heldAgainst(agreed, client({ 80: root('1') }, 10), [])).toEqual(
      known({ ...held, found: root('1') }),
    );
    expect(await heldAgainst(agreed, client({ 79: root('6') }, 11), [])).toEqual(
      known({ ...held, found: root('6') }),
    );
  });

  it('is what it has finalized, where it keeps no block so old', async () => {
    const same = client({ finalized: root('6') }, 10);
    expect(await heldAgainst(agreed, same, [])).toEqual(
      known({ epoch: 10, agreed: root('1'), found: root('6') }),
    );
    const later = client({ finalized: root('6') }, 12);
    expect(await heldAgainst(agreed, later, [witness({ 96: root('3') })])).toEqual(
      known({ epoch: 12, agreed: root('3'), found: root('6') }),
    );
  });

  it('is unknown while neither can be told', async () => {
    const later = client({ finalized: root('6') }, 12);
    for (const [who, witnesses] of [
      [client({}), []],
      [client({ finalized: root('6') }, 9), []],
      // On its way from the genesis: its last block is before the checkpoint, and not another one.
      [client({ 79: root('6') }, 8), []],
      [later, []],
      [later, [witness({})]],
    ] as const) {
      expect(await heldAgainst(agreed, who, witnesses)).toMatchObject({ known: false });
    }
  });
});
