import { createHash } from 'node:crypto';
import { startApiServer } from '../../../src/mayfly/api/api-server.ts';
import { deriveValidatorKeys, type ValidatorKey } from '../../../src/mayfly/keys/validator-keys.ts';
import { SteppedNetwork } from '../../../src/mayfly/stepped-network.ts';
import type { BlockSummary, SignedBlock } from '../../../src/mayfly/types.ts';
import { type SteppedSetup, steppedSetup } from '../stepped.ts';
import type { ElectraState } from '../tiny-genesis.ts';

export type WorldFork = 'electra' | 'fulu';

/** A chain with everything in it that a route can be asked for, and its API. */
export interface ApiWorld {
  readonly fork: WorldFork;
  readonly setup: SteppedSetup;
  readonly stepped: SteppedNetwork;
  readonly url: string;
  /** The head's block as it was signed. */
  readonly headBlock: SignedBlock;
  /** A block that the head's chain does not have, and its rival. */
  readonly orphan: BlockSummary;
  readonly rival: BlockSummary;
  close(): Promise<void>;
}

export const validatorCount = 64;
export const slashedValidator = 7;
/** Its withdrawal credentials are of a BLS key, so that they can be changed. */
export const blsValidator = 2;
export const withdrawalKey = deriveValidatorKeys('withdrawal', 1)[0] as ValidatorKey;
export const emptySlot = 161;
export const lastSlot = 165;

const neverSlot = 1_000_000;

/** What waits in the queues of the genesis state, of a kind that no transition of ours takes out. */
export const queues = {
  deposit: {
    pubkey: new Uint8Array(48).fill(0xd1),
    withdrawalCredentials: new Uint8Array(32).fill(0xd2),
    amount: 31_000_000_001,
    signature: new Uint8Array(96).fill(0xd3),
    slot: neverSlot,
  },
  withdrawal: { validatorIndex: 30, amount: 1_234_567_890n, withdrawableEpoch: neverSlot },
  consolidation: { sourceIndex: 20, targetIndex: 21 },
};

function fillQueues(state: ElectraState): void {
  state.pendingDeposits = [queues.deposit];
  state.pendingPartialWithdrawals = [queues.withdrawal];
  state.pendingConsolidations = [queues.consolidation];
  const validator = state.validators[blsValidator];
  if (validator === undefined) throw new Error('the genesis lacks a validator');
  const hash = createHash('sha256').update(withdrawalKey.pubkey).digest();
  validator.withdrawalCredentials = new Uint8Array(hash).fill(0, 0, 1);
}

/** Finality, a slashing, an empty slot and a fork, all before the head. */
export async function createWorld(fork: WorldFork): Promise<ApiWorld> {
  const setup = await steppedSetup(validatorCount, { fork, alter: fillQueues });
  const stepped = await SteppedNetwork.open(setup);
  const { chain, chaos, execution } = stepped.node;
  await execution.probe();
  // In the first epoch, so that who is slashed has left in the sixth.
  await stepped.stepTo(20);
  chaos.order({ kind: 'slash', validator: slashedValidator, by: 'proposal' });
  await stepped.stepTo(emptySlot - 1);
  chaos.order({ kind: 'skip-slots', slots: 1 });
  await stepped.stepTo(lastSlot - 2);
  const orphan = chain.head;
  chaos.order({ kind: 'reorg', depth: 1 });
  await stepped.step();
  const rival = chain.head;
  await stepped.step();
  const headBlock = await chain.block(chain.head.root);
  if (headBlock === undefined) throw new Error('the head has no block');
  const server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0 });
  return { fork, setup, stepped, url: server.url, headBlock, orphan, rival, close: () => server.close() };
}
