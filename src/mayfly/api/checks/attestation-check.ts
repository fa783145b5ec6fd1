import { SLOTS_PER_EPOCH } from '@lodestar/params';
import type { electra, phase0 } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import type { Chain } from '../../chain/chain.ts';
import type { CommitteeVote } from '../../pools/attestation-pool.ts';
import { attestationSigningRoot } from '../../production/signing.ts';
import type { ChainState } from '../../types.ts';
import { demand, pubkeyOf, type Signed } from './signatures.ts';

/**
 * What makes an attestation worth spreading, its signature aside.
 * Source: consensus-specs deneb and electra p2p-interface.md, `beacon_attestation_{subnet_id}`. @throws Refusal
 */
export function checkAttestationData(chain: Chain, data: phase0.AttestationData): void {
  const current = chain.currentSlot();
  const epoch = epochOf(data.slot);
  demand(data.index === 0, 'the index of its data is not 0');
  demand(data.slot <= current, `slot ${data.slot} has not come yet`);
  demand(epoch >= epochOf(current) - 1, `slot ${data.slot} is before the previous epoch`);
  demand(data.target.epoch === epoch, `its target is epoch ${data.target.epoch}, its slot in ${epoch}`);
  checkRoots(chain, data);
}

/** Votes for blocks that are not known here, or whose history is another, are not taken. */
function checkRoots({ tree }: Chain, data: phase0.AttestationData): void {
  const head = tree.get(toRootHex(data.beaconBlockRoot));
  demand(head !== undefined, `block ${toRootHex(data.beaconBlockRoot)} is not known`);
  demand(head.slot <= data.slot, 'it votes for a block after its slot');
  let target = head;
  while (target.slot > data.target.epoch * SLOTS_PER_EPOCH) {
    const parent = tree.get(target.parentRoot);
    demand(parent !== undefined, `block ${target.parentRoot} is not known`);
    target = parent;
  }
  demand(target.root === toRootHex(data.target.root), 'its target is not in the history of its block');
}

export interface CheckedVote {
  readonly vote: CommitteeVote;
  readonly signed: Signed;
}

/** One validator's vote, checked but for the signature. @throws Refusal */
export function checkSingleAttestation(
  chain: Chain,
  state: ChainState,
  attestation: electra.SingleAttestation,
): CheckedVote {
  const { data, committeeIndex, attesterIndex, signature } = attestation;
  checkAttestationData(chain, data);
  const committee = committeeOf(state, data.slot, committeeIndex);
  const position = committee.indexOf(attesterIndex);
  demand(
    position >= 0,
    `validator ${attesterIndex} is not in committee ${committeeIndex} of slot ${data.slot}`,
  );
  const bits = Array.from(committee, (_, i) => i === position);
  const signingRoot = attestationSigningRoot(chain.config, data);
  return {
    vote: { data, committeeIndex, bits, signature },
    signed: { pubkey: pubkeyOf(state, attesterIndex), signingRoot, signature },
  };
}

/** @throws Refusal for a committee that the slot does not have */
export function committeeOf(state: ChainState, slot: number, committeeIndex: number): Uint32Array {
  const shuffling = state.epochCtx.getShufflingAtSlotOrNull(slot);
  demand(shuffling !== null, `the committees of slot ${slot} are not known`);
  const committee = shuffling.committees[slot % SLOTS_PER_EPOCH]?.[committeeIndex];
  demand(committee !== undefined, `slot ${slot} has no committee ${committeeIndex}`);
  return committee;
}

function epochOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH);
}
