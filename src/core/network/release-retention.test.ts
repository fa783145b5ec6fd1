import { describe, expect, it } from 'vitest';
import type { NetworkIdentity } from './identity.ts';
import { releasesToRemove } from './release-retention.ts';

const identity = (iteration: number, hash = '0x0'): NetworkIdentity => ({
  iteration,
  chainId: iteration,
  genesisValidatorsRoot: '0x1',
  executionGenesisHash: hash,
  genesisTimeSeconds: iteration,
});
const held = [9, 8, 7, 6, 5].map((iteration) => identity(iteration));
const numbers = (list: readonly NetworkIdentity[]) => list.map(({ iteration }) => iteration);

describe('releases that nobody needs any more', () => {
  it('are those beyond the newest ones that are kept', () => {
    expect(numbers(releasesToRemove({ held, keep: 2, wanted: 9, inUse: [] }))).toEqual([7, 6, 5]);
  });

  it('are never the wanted one or a later one, however few are kept', () => {
    expect(numbers(releasesToRemove({ held, keep: 1, wanted: 8, inUse: [] }))).toEqual([7, 6, 5]);
  });

  it('are never one that a node is on, told apart by its whole identity', () => {
    const old = [...held, identity(5, '0x9')];
    const gone = releasesToRemove({
      held: old,
      keep: 2,
      wanted: 9,
      inUse: [identity(6), identity(5, '0x9')],
    });
    expect(gone).toEqual([identity(7), identity(5)]);
  });
});
