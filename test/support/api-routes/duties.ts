import { ssz } from '@lodestar/types';
import { fromHex, toHex, toRootHex } from '@lodestar/utils';
import { expect } from 'vitest';
import { isSigned, pubkeyOf } from '../../../src/mayfly/api/checks/signatures.ts';
import { attestationSigningRoot, syncCommitteeSigningRoot } from '../../../src/mayfly/production/signing.ts';
import { json, ofData, type Rows } from './row.ts';
import { type ApiWorld, emptySlot, lastSlot, slashedValidator, validatorCount } from './world.ts';

const all = Array.from({ length: validatorCount }, (_, index) => index);
const epoch = 5;
const slots = Array.from({ length: 32 }, (_, i) => epoch * 32 + i);

/** Routes of validators that only read. */
export function dutyRows(world: ApiWorld): Rows {
  const { chain } = world.stepped.node;
  const rootAt = (slot: number) => chain.tree.canonicalUpTo(slot).root;
  const meta = (slot: number) => ({ execution_optimistic: false, dependent_root: rootAt(slot) });
  const proposers = proposerDuties(world);
  const voter = (slot: number) => chain.headState.epochCtx.getBeaconCommittee(slot, 0)[0] ?? -1;
  return {
    getAttesterDuties: [
      { args: { epoch, indices: all }, answer: { ...meta(127), data: attesterDuties(world) } },
    ],
    getProposerDuties: [{ args: { epoch }, answer: { ...meta(159), data: proposers } }],
    getProposerDutiesV2: [{ args: { epoch }, answer: { ...meta(127), data: proposers } }],
    getSyncCommitteeDuties: [
      { args: { epoch, indices: all }, answer: { execution_optimistic: false, data: syncDuties(world) } },
    ],
    getLiveness: [
      {
        args: { epoch: 4, indices: [slashedValidator, 0, 63] },
        answer: { data: [live(slashedValidator, true), live(0, true), live(63, true)] },
      },
      {
        args: { epoch, indices: [slashedValidator, voter(163), voter(170)] },
        answer: { data: [live(slashedValidator, false), live(voter(163), true), live(voter(170), false)] },
      },
    ],
    produceAttestationData: [
      {
        args: { committeeIndex: 0, slot: lastSlot },
        answer: {
          data: {
            ...{ slot: `${lastSlot}`, index: '0', beacon_block_root: chain.head.root },
            source: json(ssz.phase0.Checkpoint, chain.headState.currentJustifiedCheckpoint.toValue()),
            target: { epoch: `${epoch}`, root: rootAt(160) },
          },
        },
      },
    ],
    ...aggregateRows(world),
  };
}

function live(index: number, isLive: boolean): object {
  return { index: `${index}`, is_live: isLive };
}

function attesterDuties({ stepped }: ApiWorld): unknown {
  const { headState } = stepped.node.chain;
  const seats = slots.flatMap((slot) => {
    const committee = [...headState.epochCtx.getBeaconCommittee(slot, 0)];
    return committee.map((index, position) => ({ slot, index, position, length: committee.length }));
  });
  const duties = seats.map(({ slot, index, position, length }) => ({
    ...{ pubkey: toHex(headState.validators.get(index).pubkey), validator_index: `${index}` },
    ...{ committee_index: '0', committee_length: `${length}`, committees_at_slot: '1' },
    ...{ validator_committee_index: `${position}`, slot: `${slot}` },
  }));
  expect(duties).toHaveLength(validatorCount - 1);
  return expect.toSatisfy((told: { slot: string; validator_committee_index: string }[]) => {
    const bySeat = [...told].sort(
      (a, b) =>
        Number(a.slot) - Number(b.slot) ||
        Number(a.validator_committee_index) - Number(b.validator_committee_index),
    );
    expect(bySeat).toEqual(duties);
    return true;
  });
}

function proposerDuties({ stepped }: ApiWorld): object[] {
  const { tree, headState } = stepped.node.chain;
  return slots.map((slot) => {
    const proposer = headState.epochCtx.getBeaconProposer(slot);
    // Who has proposed already did so by the same choice.
    if (slot <= lastSlot && slot !== emptySlot) {
      expect([proposer]).toEqual([...new Set(tree.atSlot(slot).map(({ proposerIndex }) => proposerIndex))]);
    }
    const pubkey = toHex(headState.validators.get(proposer).pubkey);
    return { pubkey, validator_index: `${proposer}`, slot: `${slot}` };
  });
}

function syncDuties({ stepped }: ApiWorld): object[] {
  const { headState } = stepped.node.chain;
  const keys = headState.currentSyncCommittee.pubkeys.getAllReadonlyValues().map((key) => toHex(key));
  return all.flatMap((index) => {
    const pubkey = toHex(headState.validators.get(index).pubkey);
    const seats = keys.flatMap((key, seat) => (key === pubkey ? [`${seat}`] : []));
    if (seats.length === 0) return [];
    return [{ pubkey, validator_index: `${index}`, validator_sync_committee_indices: seats }];
  });
}

function aggregateRows({ fork, stepped, setup }: ApiWorld): Rows {
  const { chain, pools } = stepped.node;
  const { config } = setup.network;
  const state = chain.headState;
  const group = pools.attestations.groups().find(({ data }) => data.slot === lastSlot);
  if (group === undefined) throw new Error('nobody voted in the last slot');
  const committee = [...state.epochCtx.getBeaconCommittee(lastSlot, 0)];
  const committeeKeys = committee.map((index) => pubkeyOf(state, index));
  const dataRoot = ssz.phase0.AttestationData.hashTreeRoot(group.data);
  const seats = state.epochCtx.currentSyncCommitteeIndexed.validatorIndices.slice(128, 256);
  const members = [...seats].map((index) => pubkeyOf(state, index));
  return {
    getAggregatedAttestationV2: [
      {
        args: { attestationDataRoot: dataRoot, slot: lastSlot, committeeIndex: 0 },
        answer: (body: { version: string; data: unknown }) => {
          const { data, aggregationBits, committeeBits, signature } = ssz.electra.Attestation.fromJson(
            body.data,
          );
          expect(body.version).toBe(fork);
          expect([toRootHex(data.beaconBlockRoot), data.slot]).toEqual([chain.head.root, lastSlot]);
          expect(aggregationBits.toBoolArray()).toEqual(committee.map(() => true));
          expect(committeeBits.getTrueBitIndexes()).toEqual([0]);
          expect(isSigned(committeeKeys, attestationSigningRoot(config, data), signature)).toBe(true);
        },
      },
    ],
    produceSyncCommitteeContribution: [
      {
        args: { slot: lastSlot, subcommitteeIndex: 1, beaconBlockRoot: fromHex(chain.head.root) },
        answer: ofData<{ signature: string }>((data) => {
          const told = ssz.altair.SyncCommitteeContribution.fromJson(data);
          expect([told.slot, told.subcommitteeIndex]).toEqual([lastSlot, 1]);
          expect(toRootHex(told.beaconBlockRoot)).toBe(chain.head.root);
          expect(told.aggregationBits.toBoolArray()).toEqual(members.map(() => true));
          const root = syncCommitteeSigningRoot(config, lastSlot, chain.head.root);
          expect(isSigned(members, root, told.signature)).toBe(true);
        }),
      },
    ],
  };
}
