import { DOMAIN_BEACON_PROPOSER } from '@lodestar/params';
import { computeEpochAtSlot, computeSigningRoot } from '@lodestar/state-transition';
import { type electra, type phase0, ssz } from '@lodestar/types';
import type { Chain } from '../chain/chain.ts';
import { mayflyErrors } from '../errors.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Pools } from '../pools/pools.ts';
import { attestationSigningRoot } from '../production/signing.ts';

/** Makes proofs that one of our validators signed two messages that exclude each other. */
export class Slasher {
  private readonly chain: Chain;
  private readonly keys: KeyRing;
  private readonly pools: Pools;

  constructor({ chain, keys, pools }: { chain: Chain; keys: KeyRing; pools: Pools }) {
    this.chain = chain;
    this.keys = keys;
    this.pools = pools;
  }

  /** The proof goes into the pool and so into the next block. @throws EPH-MAYFLY-CHAOS */
  slash(validator: number, by: 'proposal' | 'attestation'): void {
    this.check(validator);
    if (by === 'proposal') {
      const slashing = this.doubleProposal(validator);
      this.pools.operations.addProposerSlashing(slashing);
      this.chain.events.emit('proposer_slashing', slashing);
    } else {
      const slashing = this.doubleVote(validator);
      this.pools.operations.addAttesterSlashing(slashing);
      this.chain.events.emit('attester_slashing', slashing);
    }
  }

  /** Resolves when the proofs made so far would outlive a restart. */
  settled(): Promise<void> {
    return this.pools.operations.settled();
  }

  private check(validator: number): void {
    const { headState } = this.chain;
    this.keys.place(headState);
    if (!this.keys.owns(validator)) throw refusal(`validator ${validator} is not one of this producer's`);
    if (headState.validators.getReadonly(validator).slashed)
      throw refusal(`validator ${validator} is slashed already`);
  }

  /** Source: consensus-specs phase0, `is_slashable_attestation_data`: two votes for one target. */
  private doubleVote(validator: number): electra.AttesterSlashing {
    const { slot } = this.chain.head;
    const data = ssz.phase0.AttestationData.defaultValue();
    data.slot = slot;
    data.target = { epoch: computeEpochAtSlot(slot), root: new Uint8Array(32) };
    return { attestation1: this.vote(validator, data, 1), attestation2: this.vote(validator, data, 2) };
  }

  private vote(
    validator: number,
    base: phase0.AttestationData,
    mark: number,
  ): electra.IndexedAttestationBigint {
    const data = { ...base, beaconBlockRoot: new Uint8Array(32).fill(mark) };
    const signature = this.keys.sign([validator], attestationSigningRoot(this.chain.config, data));
    const { AttestationData, AttestationDataBigint } = ssz.phase0;
    return {
      attestingIndices: [validator],
      data: AttestationDataBigint.deserialize(AttestationData.serialize(data)),
      signature,
    };
  }

  /** Source: consensus-specs phase0, `process_proposer_slashing`: two headers for one slot. */
  private doubleProposal(validator: number): phase0.ProposerSlashing {
    return { signedHeader1: this.header(validator, 1), signedHeader2: this.header(validator, 2) };
  }

  private header(validator: number, mark: number) {
    const { slot } = this.chain.head;
    const message = {
      ...ssz.phase0.BeaconBlockHeaderBigint.defaultValue(),
      slot: BigInt(slot),
      proposerIndex: validator,
      bodyRoot: new Uint8Array(32).fill(mark),
    };
    const domain = this.chain.config.getDomain(slot, DOMAIN_BEACON_PROPOSER);
    const signingRoot = computeSigningRoot(ssz.phase0.BeaconBlockHeaderBigint, message, domain);
    return { message, signature: this.keys.sign([validator], signingRoot) };
  }
}

function refusal(reason: string): Error {
  return mayflyErrors.create('EPH-MAYFLY-CHAOS', { reason });
}
