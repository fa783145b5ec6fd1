import { ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { KeptNote } from '../store/kept-note.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { decodeOperations, encodeOperations, keepOperations } from './kept-operations.ts';
import { OperationPool } from './operation-pool.ts';

function exit(validatorIndex: number) {
  const value = ssz.phase0.SignedVoluntaryExit.defaultValue();
  value.message = { epoch: 3, validatorIndex };
  value.signature.fill(validatorIndex);
  return value;
}

function attesterSlashing(index: number) {
  const value = ssz.electra.AttesterSlashing.defaultValue();
  value.attestation1.attestingIndices = [index, index + 1];
  value.attestation2.attestingIndices = [index];
  return value;
}

function proposerSlashing(proposerIndex: number) {
  const value = ssz.phase0.ProposerSlashing.defaultValue();
  value.signedHeader1.message.proposerIndex = proposerIndex;
  value.signedHeader2.message.proposerIndex = proposerIndex;
  return value;
}

function blsChange(validatorIndex: number) {
  const value = ssz.capella.SignedBLSToExecutionChange.defaultValue();
  value.message.validatorIndex = validatorIndex;
  return value;
}

const waiting = {
  voluntaryExits: [exit(1), exit(2)],
  proposerSlashings: [proposerSlashing(3)],
  attesterSlashings: [attesterSlashing(4)],
  blsToExecutionChanges: [blsChange(6)],
};

describe('operations that wait for a block', () => {
  it('are in the next pool on the same store, in their order', async () => {
    const store = createMemoryStore();
    const open = async () => {
      const pool = new OperationPool();
      await keepOperations(pool, new KeptNote({ store, name: 'operations', log: silentLog }));
      return pool;
    };
    const before = await open();
    for (const each of waiting.voluntaryExits) before.addVoluntaryExit(each);
    before.addProposerSlashing(proposerSlashing(3));
    before.addAttesterSlashing(attesterSlashing(4));
    before.addBlsChange(blsChange(6));
    await before.settled();
    expect((await open()).all()).toEqual(waiting);
  });

  it('are kept up to a limit, slashings before exits', () => {
    const slashings = { ...waiting, voluntaryExits: [], blsToExecutionChanges: [] };
    const limit =
      encodeOperations(slashings).length + encodeOperations({ ...none, voluntaryExits: [exit(1)] }).length;
    const kept = decodeOperations(encodeOperations(waiting, limit));
    expect(kept).toEqual({ ...waiting, voluntaryExits: [exit(1)], blsToExecutionChanges: [] });
  });

  it('are refused as a whole when the note is none', () => {
    const bytes = encodeOperations(waiting);
    expect(() => decodeOperations(bytes.subarray(0, bytes.length - 1))).toThrow('cut off');
    expect(() => decodeOperations(Uint8Array.of(9))).toThrow('version 9');
    expect(() => decodeOperations(Uint8Array.of(1, 8, 0, 0, 0, 0))).toThrow('operation 8');
  });
});

const none = { voluntaryExits: [], proposerSlashings: [], attesterSlashings: [], blsToExecutionChanges: [] };
