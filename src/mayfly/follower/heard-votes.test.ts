import { routes } from '@lodestar/api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpValidators } from '../../../test/support/http-validators.ts';
import { until } from '../../../test/support/mayfly-process.ts';
import { serveStepped } from '../../../test/support/served-network.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { startApiServer } from '../api/api-server.ts';
import type { ChainEvent } from '../chain/chain-events.ts';
import { createStubEngine } from '../execution/stub-engine.ts';
import { createFollowerNode } from '../follower-node.ts';
import { Pools } from '../pools/pools.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { HeardVotes } from './heard-votes.ts';

const validators = 64;

/** A producer with 48 validators, and a follower by the same clock with the keys of 16 behind its API. */
async function pair() {
  const { stepped, url, setup } = await serveStepped({ validators, outside: 16 });
  const stopping = new AbortController();
  const follower = await createFollowerNode({
    network: setup.network,
    engine: createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash }),
    store: createMemoryStore(),
    clock: stepped.clock,
    random: seededRandom('votes'),
    log: silentLog,
    followUrl: url,
    signal: stopping.signal,
  });
  const running = follower.follower.run();
  const server = await startApiServer({ node: follower.api, address: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    stopping.abort();
    await running;
    await server.close();
  });
  await until(async () => follower.follower.connected);
  const keys = new Map(setup.keys.slice(48).map((key, i) => [48 + i, key]));
  const outside = new HttpValidators({ url: server.url, config: setup.network.config, keys });
  return { stepped, follower, outside };
}

describe('what a follower hears of votes', () => {
  it('is in its pools as in those of the producer', async () => {
    const { stepped, follower } = await pair();
    await stepped.stepTo(3);
    const theirs = stepped.node.pools.attestations.groups().map(({ dataRoot }) => dataRoot);
    expect(theirs).toHaveLength(3);
    const ours = () => follower.api.pools.attestations.groups();
    await until(async () => ours().length === 3);
    expect(ours().map(({ dataRoot }) => dataRoot)).toEqual(theirs);
    const { root, slot } = stepped.node.chain.head;
    const seats = (pools: typeof follower.api.pools) =>
      pools.syncCommittee.aggregate(slot, root).syncCommitteeBits.getTrueBitIndexes();
    await until(async () => seats(follower.api.pools).length > 0);
    expect(seats(stepped.node.pools)).toEqual(expect.arrayContaining(seats(follower.api.pools)));
  });

  it('goes into a block that is proposed through it', async () => {
    const { stepped, follower, outside } = await pair();
    const isThere = async () => follower.chain.head.root === stepped.node.chain.head.root;
    const heard = ({ pools }: { pools: Pools }) => pools.attestations.groups().length;
    const isHeard = async () => heard(follower.api) === heard(stepped.node);
    const others = { propose: (slot: number) => outside.propose(slot), attest: async () => undefined };
    const { proposed: all } = outside.performed;
    // Nobody has voted before a block of slot 1.
    while ((all.at(-1)?.slot ?? 0) < 2 && stepped.node.chain.head.slot < 30) {
      await stepped.step(others);
      await until(isThere);
      await until(isHeard);
    }
    const proposed = all.at(-1);
    const block = await follower.chain.block(proposed?.root ?? '');
    const { attestations, syncAggregate } = block?.message.body ?? {};
    const state = await follower.chain.stateOf(proposed?.root ?? '');
    const voters = (attestations ?? []).flatMap(({ data, aggregationBits }) =>
      [...(state?.epochCtx.getBeaconCommittee(data.slot, 0) ?? [])].filter((_, i) => aggregationBits.get(i)),
    );
    expect(voters.length).toBeGreaterThan(0);
    expect(voters.filter((index) => index >= 48)).toEqual([]);
    expect(syncAggregate?.syncCommitteeBits.getTrueBitIndexes().length).toBeGreaterThan(0);
  }, 60_000);

  it('is refused when it is forged, and told once', async () => {
    const { stepped } = await serveStepped({ validators, outside: 0 });
    const events: ChainEvent[] = [];
    const { chain } = stepped.node;
    chain.events.subscribe((event) => events.push(event), ['attestation', 'contribution_and_proof']);
    await stepped.stepTo(2);
    const { toJson } = routes.events.getEventSerdes(chain.config);
    const aggregate = events.filter(({ type }) => type === 'attestation').at(-1);
    const contribution = events.filter(({ type }) => type === 'contribution_and_proof').at(-1);
    if (aggregate === undefined || contribution === undefined) throw new Error('nobody voted');
    const heard = { topic: 'attestation', data: toJson(aggregate) as Record<string, unknown> } as const;
    const proof = { topic: 'contribution_and_proof', data: toJson(contribution) } as const;
    const empty = new Pools();
    const votes = new HeardVotes({ chain, pools: empty });
    const forged = { ...heard.data, signature: (proof.data as { signature: string }).signature };
    await expect(votes.take({ ...heard, data: forged })).rejects.toThrow('the aggregate signature is wrong');
    await expect(votes.take({ ...heard, data: {} })).rejects.toThrow();
    const unsigned = { ...(proof.data as object), signature: heard.data.signature };
    await expect(votes.take({ ...proof, data: unsigned })).rejects.toThrow("aggregator's signature is wrong");
    expect(empty.attestations.groups()).toEqual([]);
    const before = events.length;
    for (const event of [heard, heard, proof, proof]) await votes.take(event);
    expect(events.slice(before).map(({ type }) => type)).toEqual(['attestation', 'contribution_and_proof']);
    expect(empty.attestations.groups()).toHaveLength(1);
  });
});
