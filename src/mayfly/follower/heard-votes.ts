import { routes } from '@lodestar/api';
import type { altair, electra } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { checkCommitteeVote } from '../api/checks/aggregate-check.ts';
import { checkAttestationData } from '../api/checks/attestation-check.ts';
import { demand } from '../api/checks/signatures.ts';
import { checkContribution, checkMessageSlot } from '../api/checks/sync-check.ts';
import { EpochStates } from '../api/epoch-states.ts';
import type { Chain } from '../chain/chain.ts';
import type { Pools } from '../pools/pools.ts';

/** Aggregates, as a node that is on no attestation subnet hears them, and contributions to the sync committee. */
export const heardTopics = ['attestation', 'contribution_and_proof'] as const;

/** An event of the producer's stream, its data still as it came. */
export interface HeardEvent {
  readonly topic: (typeof heardTopics)[number];
  readonly data: unknown;
}

/**
 * The votes that the producer has heard. They are checked as those from gossip, put into our pools for the blocks
 * that are proposed through us, and told to our own listeners. What brings nothing new is dropped unchecked, so
 * that votes that we handed on ourselves end here.
 */
export class HeardVotes {
  private readonly chain: Chain;
  private readonly pools: Pools;
  private readonly states: EpochStates;
  private readonly serdes: ReturnType<typeof routes.events.getEventSerdes>;

  constructor({ chain, pools }: { chain: Chain; pools: Pools }) {
    this.chain = chain;
    this.pools = pools;
    this.states = new EpochStates(chain);
    this.serdes = routes.events.getEventSerdes(chain.config);
  }

  /** Throws what is wrong with it. */
  async take({ topic, data }: HeardEvent): Promise<void> {
    const message = this.serdes.fromJson(topic as routes.events.EventType, data) as unknown;
    if (topic === 'attestation') await this.takeAggregate(message as electra.Attestation);
    else await this.takeContribution(message as altair.SignedContributionAndProof);
  }

  private async takeAggregate(aggregate: electra.Attestation): Promise<void> {
    const { chain, pools, states } = this;
    // First what needs no state: one in the epoch of the clock is dear while the head is far behind it.
    checkAttestationData(chain, aggregate.data);
    const vote = checkCommitteeVote(chain, await states.current(), {
      aggregate,
      isKnown: (unchecked) => pools.attestations.covers(unchecked),
    });
    if (vote === undefined) return;
    pools.attestations.add(vote);
    chain.events.emit('attestation', aggregate);
  }

  private async takeContribution(signed: altair.SignedContributionAndProof): Promise<void> {
    const { chain, pools, states } = this;
    const { slot, beaconBlockRoot, subcommitteeIndex, aggregationBits } = signed.message.contribution;
    const bits = aggregationBits.toBoolArray();
    const part = { slot, blockRoot: toRootHex(beaconBlockRoot), subcommitteeIndex, bits };
    if (pools.syncCommittee.covers(part)) return;
    checkMessageSlot(chain, slot);
    demand(chain.tree.get(part.blockRoot) !== undefined, `block ${part.blockRoot} is not known`);
    pools.syncCommittee.add(checkContribution(chain, await states.current(), signed));
    chain.events.emit('contribution_and_proof', signed);
  }
}
