import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex, toRootHex } from '@lodestar/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { checkGossip } from '../api/block-gossip.ts';
import { decodeOperations } from '../pools/kept-operations.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { openFileStore } from '../store/file-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { BlockSummary } from '../types.ts';
import { Chain } from './chain.ts';
import { blockTypes } from './transition.ts';

const setup = await steppedSetup(64);
const { network } = setup;

describe('a chain opened from disk', () => {
  let directory: string;
  let head: BlockSummary;
  const openStore = () => openFileStore(directory, network.genesisValidatorsRoot);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-chain-'));
    const store = await openStore();
    const stepped = await SteppedNetwork.open({ ...setup, store });
    await stepped.stepTo(70);
    head = stepped.node.chain.head;
    await store.close();
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has its head with the state that belongs to it', async () => {
    const store = await openStore();
    const chain = await Chain.open({ network, store, clock: new VirtualClock(0) });
    expect(chain.head).toEqual(head);
    expect(toRootHex(chain.headState.hashTreeRoot())).toBe(head.stateRoot);
    await store.close();
  });

  it('rebuilds any state of the past, without a block in its slot too', async () => {
    const store = await openStore();
    const chain = await Chain.open({ network, store, clock: new VirtualClock(0) });
    for (const slot of [1, 31, 32, 33, 64, 69]) {
      const state = await chain.stateAt(slot);
      expect(state && toRootHex(state.hashTreeRoot())).toBe(chain.tree.canonicalAt(slot)?.stateRoot);
    }
    expect((await chain.stateAt(75))?.slot).toBe(75);
    await store.close();
  });

  it('counts its head as unconfirmed until the execution client has spoken, then goes on', async () => {
    const store = await openStore();
    const stepped = await SteppedNetwork.open({ ...setup, store });
    const { chain } = stepped.node;
    expect(chain.unconfirmed.has(head.root)).toBe(true);
    // The stub has forgotten everything, so it is given all 70 payloads first.
    expect((await stepped.step()).kind).toBe('proposed');
    expect(chain.head.parentRoot).toBe(head.root);
    expect(chain.unconfirmed.size).toBe(0);
    await store.close();
  });
});

describe('a chain with a fork', () => {
  it('forgets the dead branch, and a proof that took effect, once below finality, in memory and in the store', async () => {
    const store = createMemoryStore();
    const stepped = await SteppedNetwork.open({ ...setup, store });
    await stepped.stepTo(6);
    const dead = stepped.node.chain.head.root;
    stepped.node.chaos.order({ kind: 'reorg', depth: 2 });
    stepped.node.chaos.order({ kind: 'slash', validator: 7, by: 'proposal' });
    await stepped.stepTo(127);
    const { chain } = stepped.node;
    const { operations } = stepped.node.pools;
    expect(operations.all().proposerSlashings).toHaveLength(1);
    expect(chain.finalized.epoch).toBe(0);
    expect(chain.tree.isCanonical(dead)).toBe(false);
    expect(await chain.blockBytes(dead)).toBeDefined();
    await stepped.stepTo(161);
    expect(chain.finalized.epoch).toBeGreaterThan(0);
    expect(operations.all().proposerSlashings).toHaveLength(0);
    await operations.settled();
    const kept = (await store.readNote('operations')) as Uint8Array;
    expect(decodeOperations(kept).proposerSlashings).toHaveLength(0);
    expect(chain.tree.get(dead)).toBeUndefined();
    expect(await store.readBlock(dead)).toBeUndefined();
    expect(await chain.stateOf(dead)).toBeUndefined();
    const slots = Array.from({ length: 161 }, (_, i) => i + 1);
    const canonical = slots.filter((slot) => chain.tree.canonicalAt(slot) !== undefined);
    expect((await store.load()).blocks).toHaveLength(canonical.length);
    const onGenesis = blockTypes(network.config, 161).SignedBeaconBlock.defaultValue();
    Object.assign(onGenesis.message, { slot: 161, parentRoot: fromHex(chain.tree.genesis.root) });
    await expect(checkGossip(chain, onGenesis)).rejects.toThrow('it is not built on the finalized block');
  }, 60_000);
});

describe('an operation in a block that a reorg takes away', () => {
  it('waits again, and is in the block that replaces it', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(4);
    const { chain, chaos, pools } = stepped.node;
    chaos.order({ kind: 'slash', validator: 7, by: 'proposal' });
    await stepped.stepTo(6);
    const isSlashed = () => chain.headState.validators.getReadonly(7).slashed;
    expect(isSlashed()).toBe(true);
    chaos.order({ kind: 'reorg', depth: 2 });
    await stepped.step();
    expect(chain.tree.canonicalAt(5)).toBeUndefined();
    expect(isSlashed()).toBe(true);
    const block = await chain.block(chain.head.root);
    expect(block?.message.body.proposerSlashings).toHaveLength(1);
    await stepped.step();
    expect((await chain.block(chain.head.root))?.message.body.proposerSlashings).toHaveLength(0);
    expect(pools.operations.all().proposerSlashings).toHaveLength(1);
  });
});
