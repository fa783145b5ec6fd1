import { describe, expect, it } from 'vitest';
import type { ExecutionProgress } from '../sync/sync-stage.ts';
import type { ClientDefinition } from './client.ts';
import { besu } from './execution/besu.ts';
import { erigon } from './execution/erigon.ts';
import { geth } from './execution/geth.ts';
import { reth } from './execution/reth.ts';

const target = 900;
const read = ({ syncReader }: ClientDefinition, more: Partial<ExecutionProgress>) =>
  syncReader?.({ isSyncing: true, currentBlock: 100, figures: {}, stages: [], ...more }, target);
const stagesAt = (...stages: readonly (readonly [name: string, block: number])[]) => ({
  stages: stages.map(([name, block]) => ({ name, block })),
});

describe('what a client adds to its sync status', () => {
  it.each([
    [geth, {}, undefined],
    [geth, { figures: { syncedAccounts: 5 } }, 'state'],
    [geth, { figures: { syncedAccounts: 5, healedTrienodes: 1 } }, 'heal'],
    [geth, { figures: { txIndexRemainingBlocks: 7 } }, undefined],
    [geth, { currentBlock: 900, figures: { txIndexRemainingBlocks: 7, syncedAccounts: 5 } }, 'indexing'],
    [besu, { figures: { pulledStates: 1 } }, 'state'],
    [erigon, stagesAt(['Snapshots', 0], ['Headers', 0]), 'state'],
    [erigon, stagesAt(['Headers', 900], ['BlockHashes', 1]), 'bodies'],
    [erigon, stagesAt(['Headers', 900], ['Execution', 1]), 'blocks'],
    [erigon, stagesAt(['Execution', 900], ['TxLookup', 1]), 'indexing'],
    [reth, stagesAt(['Headers', 10], ['Bodies', 0]), 'headers'],
    [reth, stagesAt(['Headers', 900], ['Bodies', 0]), 'bodies'],
    [reth, stagesAt(['Bodies', 900], ['SenderRecovery', 1]), 'blocks'],
    [reth, stagesAt(['Execution', 900], ['MerkleExecute', 1]), 'state'],
    [reth, stagesAt(['MerkleExecute', 900], ['IndexStorageHistory', 1]), 'indexing'],
    [reth, stagesAt(['Headers', 900], ['Finish', 900]), undefined],
  ] as const)('is read: $0.id, $1', (client, more, stage) => {
    expect(read(client, more)).toBe(stage);
  });
});
