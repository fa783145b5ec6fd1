import { ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { expect } from 'vitest';
import type { BlockSummary, SignedBlock } from '../../../src/mayfly/types.ts';
import { atHead, json, ofData, type Rows } from './row.ts';
import { type ApiWorld, emptySlot } from './world.ts';

/** Routes that read blocks and the chain. */
export function blockRows(world: ApiWorld): Rows {
  const { fork, stepped, headBlock } = world;
  const { chain } = stepped.node;
  const args = { blockId: 'head' };
  const versioned = { version: fork, ...atHead };
  const { SignedBeaconBlock, Attestation } = ssz.electra;
  const { attestations } = headBlock.message.body;
  return {
    getBlockV2: [
      { args, answer: { ...versioned, data: json(SignedBeaconBlock, headBlock) } },
      { args: { blockId: emptySlot }, status: 404 },
    ],
    getBlindedBlock: [{ args, answer: { ...versioned, data: blinded(headBlock) } }],
    getBlockAttestationsV2: [
      { args, answer: { ...versioned, data: attestations.map((vote) => json(Attestation, vote)) } },
    ],
    getBlockRoot: [{ args, answer: { ...atHead, data: { root: chain.head.root } } }],
    getBlobSidecars: [{ args, answer: { ...versioned, data: [] } }],
    getBlobs: [{ args, answer: { ...atHead, data: [] } }],
    ...headerRows(world),
    ...debugRows(world),
  };
}

/** The payload's two lists are replaced by their roots, so that the block has the same root. */
function blinded({ message, signature }: SignedBlock): unknown {
  const { transactions, withdrawals } = message.body.executionPayload;
  const whole = json(ssz.electra.SignedBeaconBlock, { message, signature }) as {
    message: { body: { execution_payload: object } };
  };
  const { execution_payload: payload, ...body } = whole.message.body;
  const { transactions: _, withdrawals: __, ...rest } = payload as Record<string, unknown>;
  const header = {
    ...rest,
    transactions_root: toRootHex(ssz.bellatrix.Transactions.hashTreeRoot(transactions)),
    withdrawals_root: toRootHex(ssz.capella.Withdrawals.hashTreeRoot(withdrawals)),
  };
  return { ...whole, message: { ...whole.message, body: { ...body, execution_payload_header: header } } };
}

function headerRows({ stepped, headBlock, orphan, rival }: ApiWorld): Rows {
  const { chain } = stepped.node;
  const { slot, proposerIndex, parentRoot, stateRoot, body } = headBlock.message;
  const bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(body);
  const message = { slot, proposerIndex, parentRoot, stateRoot, bodyRoot };
  const signed = { message, signature: headBlock.signature };
  const header = json(ssz.phase0.SignedBeaconBlockHeader, signed);
  const head = { root: chain.head.root, canonical: true, header };
  const brief = ({ root, slot: at, stateRoot: state }: BlockSummary, canonical: boolean) =>
    expect.objectContaining({
      root,
      canonical,
      header: expect.objectContaining({
        message: expect.objectContaining({ slot: `${at}`, state_root: state, parent_root: rival.parentRoot }),
      }),
    });
  return {
    getBlockHeader: [{ args: { blockId: 'head' }, answer: { ...atHead, data: head } }],
    getBlockHeaders: [
      { answer: { ...atHead, data: [head] } },
      { args: { slot: orphan.slot }, answer: { ...atHead, data: [brief(orphan, false)] } },
      {
        args: { parentRoot: rival.parentRoot },
        answer: { ...atHead, data: [brief(orphan, false), brief(rival, true)] },
      },
    ],
  };
}

function debugRows({ fork, stepped, orphan }: ApiWorld): Rows {
  const { chain } = stepped.node;
  const tip = ({ root, slot }: BlockSummary) => ({ root, slot: `${slot}`, execution_optimistic: false });
  const checkpoint = (epoch: number) => ({
    epoch: `${epoch}`,
    root: chain.tree.canonicalUpTo(epoch * 32).root,
  });
  const nodes = Array.from({ length: chain.head.slot - 96 + 1 }, (_, i) => chain.tree.atSlot(96 + i)).flat();
  const fulu = fork === 'fulu';
  return {
    getDebugChainHeadsV2: [{ answer: { data: [tip(orphan), tip(chain.head)] } }],
    getDebugForkChoice: [
      {
        answer: (body: Record<string, unknown> & { fork_choice_nodes: { block_root: string }[] }) => {
          expect([body.justified_checkpoint, body.finalized_checkpoint]).toEqual([
            checkpoint(4),
            checkpoint(3),
          ]);
          expect(body.fork_choice_nodes.map(({ block_root }) => block_root)).toEqual(
            nodes.map(({ root }) => root),
          );
          expect(body.fork_choice_nodes.at(-1)).toEqual({
            ...{ slot: `${chain.head.slot}`, block_root: chain.head.root, weight: '0', validity: 'valid' },
            ...{ parent_root: chain.head.parentRoot, justified_epoch: '4', finalized_epoch: '3' },
            execution_block_hash: chain.head.executionHash,
          });
        },
      },
    ],
    getStateV2: [
      {
        args: { stateId: 'head' },
        answer: (body: { version: string; data: unknown }) => {
          expect(body.version).toBe(fork);
          const type = ssz[fork].BeaconState;
          const root = toRootHex(type.hashTreeRoot(type.fromJson(body.data) as never));
          expect(root).toBe(chain.head.stateRoot);
        },
      },
    ],
    getDebugDataColumnSidecars: [
      fulu
        ? { args: { blockId: 'head' }, answer: { version: fork, ...atHead, data: [] } }
        : { args: { blockId: 'head' }, status: 400 },
    ],
    getGenesis: [
      {
        answer: ofData((data) =>
          expect(data).toEqual({
            genesis_time: '1700000000',
            genesis_validators_root: chain.network.genesisValidatorsRoot,
            genesis_fork_version: '0x10000001',
          }),
        ),
      },
    ],
  };
}
