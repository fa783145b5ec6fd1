import { SYNC_COMMITTEE_SUBNET_COUNT } from '@lodestar/params';
import { computeSyncPeriodAtSlot } from '@lodestar/state-transition';
import type { phase0 } from '@lodestar/types';
import type { Chain } from '../chain/chain.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Pools } from '../pools/pools.ts';
import { subcommitteeSize } from '../pools/sync-committee-pool.ts';
import type { ChainState } from '../types.ts';
import { attestationData } from './attestation-data.ts';
import { announceContribution, announceVote } from './duty-events.ts';
import { attestationSigningRoot, syncCommitteeSigningRoot } from './signing.ts';

/** Decides who of ours takes part: a network with chaos leaves some out. */
export type TakesPart = (validatorIndex: number, slot: number) => boolean;

/** The attestations and sync committee messages of our own validators, put straight into the pools and told to listeners. */
export class OwnDuties {
  readonly chain: Chain;
  readonly keys: KeyRing;
  private readonly pools: Pools;
  private readonly takesPart: TakesPart;

  constructor(init: { chain: Chain; keys: KeyRing; pools: Pools; takesPart: TakesPart }) {
    this.chain = init.chain;
    this.keys = init.keys;
    this.pools = init.pools;
    this.takesPart = init.takesPart;
  }

  /** All our duties of this slot, on the head as it is now. */
  async perform(slot: number): Promise<void> {
    const state = await this.chain.stateAhead(this.chain.head.root, slot);
    if (state === undefined) return;
    this.keys.place(state);
    this.attest(state, slot);
    this.signSyncCommittee(state, slot);
  }

  private attest(state: ChainState, slot: number): void {
    const data = attestationData(this.chain, state, slot);
    const signingRoot = attestationSigningRoot(this.chain.config, data);
    const count = state.epochCtx.getCommitteeCountPerSlot(state.epochCtx.epoch);
    for (let committeeIndex = 0; committeeIndex < count; committeeIndex++) {
      this.attestInCommittee({ state, data, committeeIndex, signingRoot });
    }
  }

  private attestInCommittee(vote: {
    state: ChainState;
    data: phase0.AttestationData;
    committeeIndex: number;
    signingRoot: Uint8Array;
  }): void {
    const { state, data, committeeIndex, signingRoot } = vote;
    const committee = [...state.epochCtx.getBeaconCommittee(data.slot, committeeIndex)];
    const bits = committee.map((index) => this.keys.owns(index) && this.takesPart(index, data.slot));
    const signers = committee.filter((_, position) => bits[position]);
    if (signers.length === 0) return;
    const signature = this.keys.sign(signers, signingRoot);
    const own = { data, committeeIndex, bits, signature };
    this.pools.attestations.add(own);
    announceVote(this, own, { signers, signingRoot });
  }

  private signSyncCommittee(state: ChainState, slot: number): void {
    const blockRoot = this.chain.head.root;
    const signingRoot = syncCommitteeSigningRoot(this.chain.config, slot, blockRoot);
    const members = syncCommitteeFor(state, slot + 1);
    for (let subcommitteeIndex = 0; subcommitteeIndex < SYNC_COMMITTEE_SUBNET_COUNT; subcommitteeIndex++) {
      const from = subcommitteeIndex * subcommitteeSize;
      const part = [...members.slice(from, from + subcommitteeSize)];
      const bits = part.map((index) => this.keys.owns(index) && this.takesPart(index, slot));
      const signers = part.filter((_, position) => bits[position]);
      if (signers.length === 0) continue;
      const signature = this.keys.sign(signers, signingRoot);
      const own = { slot, blockRoot, subcommitteeIndex, bits, signature };
      this.pools.syncCommittee.add(own);
      announceContribution(this, own, signers);
    }
  }
}

/**
 * The sync committee whose signatures a block at this slot carries. They are made one slot before, so in the
 * last slot of a period the next committee signs. Source: consensus-specs altair validator.md.
 */
function syncCommitteeFor(state: ChainState, blockSlot: number): Uint32Array {
  const isNext = computeSyncPeriodAtSlot(blockSlot) > computeSyncPeriodAtSlot(state.slot);
  const { currentSyncCommitteeIndexed, nextSyncCommitteeIndexed } = state.epochCtx;
  return (isNext ? nextSyncCommitteeIndexed : currentSyncCommitteeIndexed).validatorIndices;
}
