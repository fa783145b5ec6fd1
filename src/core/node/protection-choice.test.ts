import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import { emptyJournal } from './journal-state.ts';
import type { DamagedStore, ProtectionStore } from './observed.ts';
import { chooseProtection } from './protection-choice.ts';

const genesisValidatorsRoot = `0x${'ab'.repeat(32)}`;
const store = (client: string, number: number): ProtectionStore => ({
  genesisValidatorsRoot,
  client,
  number,
});
const broken = (name: string, gvr8 = 'abababab'): DamagedStore => ({
  folder: `${gvr8}/${name}`,
  number: Number(name.slice(-1)),
  reason: 'r',
});

function choose(
  stores: readonly ProtectionStore[],
  damaged: readonly DamagedStore[] = [],
  protectionUsed: readonly string[] = [],
) {
  const seen = { protection: known({ stores, damaged }), journal: { ...emptyJournal, protectionUsed } };
  return chooseProtection(seen, { genesisValidatorsRoot, client: 'teku' });
}

describe('the store of slashing protection', () => {
  it('is the last of the root when it is the client’s own, else a new one after it', () => {
    expect(choose([])).toEqual({ kind: 'new', store: store('teku', 1) });
    expect(choose([store('teku', 1)])).toEqual({ kind: 'ready', store: store('teku', 1) });
    const changed = choose([store('teku', 1), store('nimbus', 2)]);
    expect(changed).toEqual({ kind: 'new', store: store('teku', 3) });
  });

  it('is a new one after what was given while it was being opened, and so does not have', () => {
    for (const stores of [
      [store('teku', 1), store('given', 1)] as const,
      [store('given', 1), store('teku', 1)] as const,
    ])
      expect(choose(stores)).toEqual({ kind: 'new', store: store('teku', 2) });
  });

  it('is in doubt while one that may hold history is damaged or gone', () => {
    expect(choose([], [broken('teku-1')])).toMatchObject({ kind: 'damaged' });
    expect(choose([store('teku', 1)], [broken('nimbus-2')])).toMatchObject({ kind: 'damaged' });
    expect(choose([store('nimbus', 2)], [broken('teku-1')])).toMatchObject({ kind: 'damaged' });
    expect(choose([], [], ['abababab/teku-1'])).toMatchObject({ kind: 'damaged', damaged: { number: 1 } });
  });

  it('is not in doubt for an earlier one, whose history it has, nor for another root', () => {
    expect(choose([store('teku', 2)], [broken('nimbus-1')])).toMatchObject({ kind: 'ready' });
    expect(choose([], [broken('teku-1', '12121212')])).toMatchObject({ kind: 'new' });
    expect(choose([], [], ['12121212/teku-1'])).toMatchObject({ kind: 'new' });
    expect(choose([store('teku', 1)], [], ['abababab/teku-1'])).toMatchObject({ kind: 'ready' });
  });

  it('is not known while the disk cannot be read', () => {
    const seen = { protection: unknown('EIO'), journal: emptyJournal };
    const answer = chooseProtection(seen, { genesisValidatorsRoot, client: 'teku' });
    expect(answer).toEqual({ kind: 'unknown', reason: 'EIO' });
  });
});
