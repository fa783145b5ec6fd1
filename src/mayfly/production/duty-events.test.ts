import { aggregateSerializedSignatures } from '@chainsafe/blst';
import { routes } from '@lodestar/api';
import { type altair, type electra, ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { serveStepped } from '../../../test/support/served-network.ts';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { checkSingleAttestation } from '../api/checks/attestation-check.ts';
import { areSigned } from '../api/checks/signatures.ts';
import { checkContribution } from '../api/checks/sync-check.ts';
import type { ChainEvent } from '../chain/chain-events.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import type { ChainState } from '../types.ts';

const topics = ['block_gossip', 'block', 'attestation', 'single_attestation', 'contribution_and_proof'];

/** Enough for two committees a slot. */
const validators = 8_192;

describe('the events of our own validators', () => {
  let stepped: SteppedNetwork;
  let state: ChainState;
  let events: ChainEvent[];

  beforeAll(async () => {
    stepped = await SteppedNetwork.open(await steppedSetup(validators));
    await stepped.stepTo(2);
    events = [];
    const unsubscribe = stepped.node.chain.events.subscribe((event) => events.push(event), topics);
    await stepped.step();
    unsubscribe();
    state = stepped.node.chain.headState;
  }, 60_000);

  function messages<T>(topic: string): T[] {
    return events.filter(({ type }) => type === topic).map(({ message }) => message as T);
  }
  const committees = () => [0, 1].map((index) => state.epochCtx.getBeaconCommittee(3, index));

  it('tell of our block on gossip before it is taken', () => {
    const { head } = stepped.node.chain;
    expect(events.slice(0, 2)).toEqual([
      { type: 'block_gossip', message: { slot: 3, block: head.root } },
      { type: 'block', message: { slot: 3, block: head.root, executionOptimistic: false } },
    ]);
  });

  it('tell each vote by itself, signed by its validator, as a node would take it', () => {
    const votes = messages<electra.SingleAttestation>('single_attestation');
    expect(votes.map(({ attesterIndex }) => attesterIndex)).toEqual(committees().flatMap((c) => [...c]));
    const checked = votes.map((vote) => checkSingleAttestation(stepped.node.chain, state, vote).signed);
    expect(areSigned(checked)).toEqual(votes.map(() => true));
    const [first] = votes;
    expect(first && toRootHex(first.data.beaconBlockRoot)).toBe(stepped.node.chain.head.root);
  });

  it('tell the aggregate of each committee, which the next block carries together', async () => {
    const aggregates = messages<electra.Attestation>('attestation');
    expect(aggregates.map(({ committeeBits }) => committeeBits.getTrueBitIndexes())).toEqual(
      committees().map((_, index) => [index]),
    );
    await stepped.step();
    const { chain } = stepped.node;
    const block = await chain.block(chain.head.root);
    const [carried, ...others] = block?.message.body.attestations ?? [];
    const bitsOf = ({ aggregationBits }: electra.Attestation) => aggregationBits.toBoolArray();
    expect([others, carried && bitsOf(carried)]).toEqual([[], aggregates.flatMap(bitsOf)]);
    const signature = aggregateSerializedSignatures(aggregates.map((told) => told.signature)).toBytes();
    expect(carried?.signature).toEqual(signature);
    expect(aggregates.map(({ data }) => ssz.phase0.AttestationData.toJson(data))).toEqual(
      [0, 1].map(() => carried && ssz.phase0.AttestationData.toJson(carried.data)),
    );
  });

  it('tell a contribution for each subcommittee, with a proof that is right', () => {
    const contributions = messages<altair.SignedContributionAndProof>('contribution_and_proof');
    const told = contributions.map((signed) => checkContribution(stepped.node.chain, state, signed));
    expect(told.map(({ subcommitteeIndex }) => subcommitteeIndex)).toEqual([0, 1, 2, 3]);
    expect(told.every(({ bits }) => bits.every(Boolean))).toBe(true);
    const { slot, blockRoot } = told[0] ?? {};
    expect([slot, blockRoot]).toEqual([3, stepped.node.chain.tree.canonicalAt(3)?.root]);
  });

  it('cost no signature while nobody listens', async () => {
    const sign = vi.spyOn(stepped.node.keys, 'sign');
    await stepped.step();
    // Randao, block, two committees, four subcommittees.
    expect(sign).toHaveBeenCalledTimes(8);
    sign.mockRestore();
  });
});

describe('the event stream', () => {
  it('carries them in the form of the standard', async () => {
    const { url, stepped, setup } = await serveStepped({ validators: 64, outside: 0 });
    const stream = await fetch(`${url}/eth/v1/events?topics=${topics.join(',')}`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await stepped.step();
    let text = '';
    while (!text.includes('event: contribution_and_proof')) text += (await reader?.read())?.value;
    await reader?.cancel();
    const { fromJson } = routes.events.getEventSerdes(setup.network.config);
    const told = [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, type = '', data = '']) => ({
      type,
      message: fromJson(type as routes.events.EventType, JSON.parse(data)),
    }));
    expect([...new Set(told.map(({ type }) => type))]).toEqual([
      'block_gossip',
      'block',
      'single_attestation',
      'attestation',
      'contribution_and_proof',
    ]);
    const singles = told.filter(({ type }) => type === 'single_attestation');
    expect(singles).toHaveLength(2);
  });
});
