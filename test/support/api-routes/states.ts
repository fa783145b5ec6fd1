import { EPOCHS_PER_HISTORICAL_VECTOR, SLOTS_PER_EPOCH } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { toHex, toRootHex } from '@lodestar/utils';
import { expect } from 'vitest';
import type { ChainState } from '../../../src/mayfly/types.ts';
import { atHead, json, type Row, type Rows } from './row.ts';
import { type ApiWorld, queues, validatorCount } from './world.ts';

const all = Array.from({ length: validatorCount }, (_, index) => index);
const some = [5, 7, 63];

/** Routes that read a state, each answer taken from the state itself. */
export function stateRows(world: ApiWorld): Rows {
  const { chain } = world.stepped.node;
  const state = chain.headState;
  const ids = { stateId: 'head', validatorIds: some };
  return {
    getStateRoot: rootRows(world),
    getStateFork: [
      { args: { stateId: 'head' }, answer: { data: json(ssz.phase0.Fork, forkOf(world)), ...atHead } },
    ],
    getStateRandao: [
      { args: { stateId: 'head' }, answer: randao(state, 5) },
      { args: { stateId: 'head', epoch: 3 }, answer: randao(state, 3) },
      { args: { stateId: 'head', epoch: 6 }, status: 400 },
    ],
    getStateFinalityCheckpoints: [{ args: { stateId: 'head' }, answer: checkpoints(state) }],
    getStateValidators: [
      { args: { stateId: 'head' }, answer: { data: all.map((i) => validator(state, i)), ...atHead } },
      { args: ids, answer: { data: some.map((i) => validator(state, i)), ...atHead } },
      {
        args: { stateId: 'head', statuses: ['exited'] },
        answer: { data: [7].map((i) => validator(state, i)), ...atHead },
      },
    ],
    postStateValidators: [{ args: ids, answer: { data: some.map((i) => validator(state, i)), ...atHead } }],
    getStateValidator: [
      { args: { stateId: 'head', validatorId: 7 }, answer: { data: validator(state, 7), ...atHead } },
      {
        args: { stateId: 'head', validatorId: pubkey(state, 9) },
        answer: { data: validator(state, 9), ...atHead },
      },
      { args: { stateId: 'head', validatorId: validatorCount }, status: 404 },
    ],
    getStateValidatorBalances: [
      { args: { stateId: 'head' }, answer: { data: all.map((i) => balance(state, i)), ...atHead } },
      { args: ids, answer: { data: some.map((i) => balance(state, i)), ...atHead } },
    ],
    postStateValidatorBalances: [
      { args: ids, answer: { data: some.map((i) => balance(state, i)), ...atHead } },
    ],
    postStateValidatorIdentities: [
      { args: { stateId: 'head' }, answer: { data: all.map((i) => identity(state, i)), ...atHead } },
      { args: ids, answer: { data: some.map((i) => identity(state, i)), ...atHead } },
    ],
    ...committeeRows(world),
    ...queueRows(world),
  };
}

function rootRows({ stepped }: ApiWorld): Row[] {
  const { chain } = stepped.node;
  const at = (slot: number) => chain.tree.canonicalUpTo(slot);
  const final = { execution_optimistic: false, finalized: true };
  const finalSlot = chain.finalized.epoch * SLOTS_PER_EPOCH;
  return [
    ['head', chain.head.stateRoot, atHead] as const,
    ['genesis', chain.tree.genesis.stateRoot, final] as const,
    ['finalized', at(finalSlot).stateRoot, final] as const,
    ['justified', at(finalSlot + SLOTS_PER_EPOCH).stateRoot, atHead] as const,
    [33, at(33).stateRoot, final] as const,
    [at(162).stateRoot, at(162).stateRoot, atHead] as const,
  ].map(([stateId, root, meta]) => ({ args: { stateId }, answer: { data: { root }, ...meta } }));
}

/** Mayfly's networks are born in their fork, which a genesis says of itself. */
function forkOf({ fork, setup }: ApiWorld) {
  const { config } = setup.network;
  const [previousVersion, currentVersion] =
    fork === 'fulu'
      ? [config.ELECTRA_FORK_VERSION, config.FULU_FORK_VERSION]
      : [config.DENEB_FORK_VERSION, config.ELECTRA_FORK_VERSION];
  return { previousVersion, currentVersion, epoch: 0 };
}

function randao(state: ChainState, epoch: number): object {
  const mix = state.randaoMixes.get(epoch % EPOCHS_PER_HISTORICAL_VECTOR);
  return { data: { randao: toRootHex(mix) }, ...atHead };
}

function checkpoints(state: ChainState): object {
  const { previousJustifiedCheckpoint: previous, currentJustifiedCheckpoint, finalizedCheckpoint } = state;
  const toJson = (checkpoint: typeof previous) =>
    json(ssz.phase0.Checkpoint, checkpoint.toValue()) as { epoch: string };
  expect([toJson(currentJustifiedCheckpoint).epoch, toJson(finalizedCheckpoint).epoch]).toEqual(['4', '3']);
  return {
    data: {
      previous_justified: toJson(previous),
      current_justified: toJson(currentJustifiedCheckpoint),
      finalized: toJson(finalizedCheckpoint),
    },
    ...atHead,
  };
}

function validator(state: ChainState, index: number): object {
  const found = state.validators.get(index).toValue();
  // The slashed one has left by now; nobody else has.
  const status = found.slashed ? 'exited_slashed' : 'active_ongoing';
  return { ...balance(state, index), status, validator: json(ssz.phase0.Validator, found) };
}

function balance(state: ChainState, index: number): object {
  return { index: `${index}`, balance: `${state.balances.get(index)}` };
}

function identity(state: ChainState, index: number): object {
  const { activationEpoch } = state.validators.get(index);
  return { index: `${index}`, pubkey: pubkey(state, index), activation_epoch: `${activationEpoch}` };
}

function pubkey(state: ChainState, index: number): string {
  return toHex(state.validators.get(index).pubkey);
}

function committeeRows({ stepped }: ApiWorld): Rows {
  const { headState: state } = stepped.node.chain;
  const committee = (slot: number) => ({
    index: '0',
    slot: `${slot}`,
    validators: [...state.epochCtx.getBeaconCommittee(slot, 0)].map(String),
  });
  const epoch5 = Array.from({ length: SLOTS_PER_EPOCH }, (_, i) => committee(5 * SLOTS_PER_EPOCH + i));
  // Everybody but the slashed one has one seat in an epoch.
  const seats = epoch5.flatMap(({ validators }) => validators).sort((a, b) => Number(a) - Number(b));
  expect(seats).toEqual(all.filter((i) => i !== 7).map(String));
  const indexOf = new Map(all.map((index) => [pubkey(state, index), `${index}`]));
  const members = state.currentSyncCommittee.pubkeys
    .getAllReadonlyValues()
    .map((key) => indexOf.get(toHex(key)));
  const parts = [0, 1, 2, 3].map((part) => members.slice(part * 128, (part + 1) * 128));
  return {
    getEpochCommittees: [
      { args: { stateId: 'head' }, answer: { data: epoch5, ...atHead } },
      { args: { stateId: 'head', epoch: 4, slot: 130 }, answer: { data: [committee(130)], ...atHead } },
    ],
    getEpochSyncCommittees: [
      {
        args: { stateId: 'head' },
        answer: { data: { validators: members, validator_aggregates: parts }, ...atHead },
      },
    ],
  };
}

function queueRows({ fork, stepped }: ApiWorld): Rows {
  const { headState } = stepped.node.chain;
  const { PendingDeposit, PendingPartialWithdrawal, PendingConsolidation } = ssz.electra;
  const args = { stateId: 'head' };
  const answer = (...data: unknown[]) => ({ version: fork, ...atHead, data });
  const { proposerLookahead } = headState as unknown as {
    proposerLookahead?: { getAll(): ArrayLike<number> };
  };
  const proposers = Array.from(proposerLookahead?.getAll() ?? [], String);
  return {
    getPendingDeposits: [{ args, answer: answer(json(PendingDeposit, queues.deposit)) }],
    getPendingPartialWithdrawals: [
      { args, answer: answer(json(PendingPartialWithdrawal, queues.withdrawal)) },
    ],
    getPendingConsolidations: [{ args, answer: answer(json(PendingConsolidation, queues.consolidation)) }],
    getProposerLookahead: [fork === 'fulu' ? { args, answer: answer(...proposers) } : { args, status: 400 }],
  };
}
