import { DOMAIN_AGGREGATE_AND_PROOF, DOMAIN_SELECTION_PROOF } from '@lodestar/params';
import { computeSigningRoot, isAggregatorFromCommitteeLength } from '@lodestar/state-transition';
import { type electra, ssz } from '@lodestar/types';
import type { Chain } from '../../chain/chain.ts';
import type { CommitteeVote } from '../../pools/attestation-pool.ts';
import { attestationSigningRoot } from '../../production/signing.ts';
import type { ChainState } from '../../types.ts';
import { checkAttestationData, committeeOf } from './attestation-check.ts';
import { demand, isSigned, pubkeyOf } from './signatures.ts';

/**
 * The vote in an aggregate, with its three signatures checked.
 * Source: consensus-specs phase0 and electra p2p-interface.md, `beacon_aggregate_and_proof`. @throws Refusal
 */
export function checkAggregate(
  chain: Chain,
  state: ChainState,
  signed: electra.SignedAggregateAndProof,
): CommitteeVote {
  const { aggregate, aggregatorIndex } = signed.message;
  const { vote, committee } = voteOf(chain, state, aggregate);
  demand(committee.includes(aggregatorIndex), `validator ${aggregatorIndex} is not in the committee`);
  checkAggregator(chain, state, { signed, committeeLength: committee.length });
  checkSignature(chain, state, { vote, committee });
  return vote;
}

/**
 * The vote in an aggregate without a proof, as the event stream tells it: checked as above but for the aggregator,
 * whom it does not name. Undefined for one that is known already. @throws Refusal
 */
export function checkCommitteeVote(
  chain: Chain,
  state: ChainState,
  told: { aggregate: electra.Attestation; isKnown: (unchecked: CommitteeVote) => boolean },
): CommitteeVote | undefined {
  const { vote, committee } = voteOf(chain, state, told.aggregate);
  if (told.isKnown(vote)) return undefined;
  checkSignature(chain, state, { vote, committee });
  return vote;
}

interface NamedVote {
  readonly vote: CommitteeVote;
  readonly committee: Uint32Array;
}

function voteOf(chain: Chain, state: ChainState, aggregate: electra.Attestation): NamedVote {
  const { data, signature } = aggregate;
  checkAttestationData(chain, data);
  const [committeeIndex, ...others] = aggregate.committeeBits.getTrueBitIndexes();
  demand(committeeIndex !== undefined && others.length === 0, 'it does not name exactly one committee');
  const committee = committeeOf(state, data.slot, committeeIndex);
  demand(aggregate.aggregationBits.bitLen === committee.length, 'its bits are not as many as the committee');
  const bits = aggregate.aggregationBits.toBoolArray();
  return { vote: { data, committeeIndex, bits, signature }, committee };
}

function checkSignature({ config }: Chain, state: ChainState, { vote, committee }: NamedVote): void {
  const pubkeys = [...committee].filter((_, i) => vote.bits[i]).map((index) => pubkeyOf(state, index));
  demand(
    isSigned(pubkeys, attestationSigningRoot(config, vote.data), vote.signature),
    'the aggregate signature is wrong',
  );
}

function checkAggregator(
  { config }: Chain,
  state: ChainState,
  { signed, committeeLength }: { signed: electra.SignedAggregateAndProof; committeeLength: number },
): void {
  const { aggregate, aggregatorIndex, selectionProof } = signed.message;
  const { slot } = aggregate.data;
  const aggregator = pubkeyOf(state, aggregatorIndex);
  demand(
    isAggregatorFromCommitteeLength(committeeLength, selectionProof),
    `validator ${aggregatorIndex} is not selected as aggregator`,
  );
  const selectionRoot = computeSigningRoot(ssz.Slot, slot, config.getDomain(slot, DOMAIN_SELECTION_PROOF));
  demand(isSigned([aggregator], selectionRoot, selectionProof), 'the selection proof is wrong');
  const domain = config.getDomain(slot, DOMAIN_AGGREGATE_AND_PROOF);
  const signingRoot = computeSigningRoot(ssz.electra.AggregateAndProof, signed.message, domain);
  demand(isSigned([aggregator], signingRoot, signed.signature), "the aggregator's signature is wrong");
}
