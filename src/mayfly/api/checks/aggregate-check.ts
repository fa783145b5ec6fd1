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
  const { data, signature } = aggregate;
  checkAttestationData(chain, data);
  const [committeeIndex, ...others] = aggregate.committeeBits.getTrueBitIndexes();
  demand(committeeIndex !== undefined && others.length === 0, 'it does not name exactly one committee');
  const committee = committeeOf(state, data.slot, committeeIndex);
  demand(aggregate.aggregationBits.bitLen === committee.length, 'its bits are not as many as the committee');
  demand(committee.includes(aggregatorIndex), `validator ${aggregatorIndex} is not in the committee`);
  checkAggregator(chain, state, { signed, committeeLength: committee.length });
  const bits = aggregate.aggregationBits.toBoolArray();
  const pubkeys = [...committee].filter((_, i) => bits[i]).map((index) => pubkeyOf(state, index));
  demand(
    isSigned(pubkeys, attestationSigningRoot(chain.config, data), signature),
    'the aggregate signature is wrong',
  );
  return { data, committeeIndex, bits, signature };
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
