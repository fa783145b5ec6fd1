import type { BeaconConfig } from '@lodestar/config';
import {
  DOMAIN_AGGREGATE_AND_PROOF,
  DOMAIN_BEACON_ATTESTER,
  DOMAIN_BEACON_PROPOSER,
  DOMAIN_CONTRIBUTION_AND_PROOF,
  DOMAIN_RANDAO,
  DOMAIN_SELECTION_PROOF,
  DOMAIN_SYNC_COMMITTEE,
  DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF,
  type ForkPostElectra,
  SLOTS_PER_EPOCH,
} from '@lodestar/params';
import { type AggregateAndProof, type altair, type phase0, ssz } from '@lodestar/types';

interface HashedType<T> {
  hashTreeRoot(value: T): Uint8Array;
}

/** The roots that validators sign. Source: consensus-specs, validator.md of phase0 and altair. */
export class SigningRoots {
  private readonly config: BeaconConfig;

  constructor(config: BeaconConfig) {
    this.config = config;
  }

  randao(slot: number): Uint8Array {
    return this.root(ssz.Epoch, epochOf(slot), this.config.getDomain(slot, DOMAIN_RANDAO));
  }

  /** A block's header has the same root as the block, blinded or not. */
  block(slot: number, blockRoot: Uint8Array): Uint8Array {
    return signingRoot(blockRoot, this.config.getDomain(slot, DOMAIN_BEACON_PROPOSER));
  }

  attestation(data: phase0.AttestationData): Uint8Array {
    const targetSlot = data.target.epoch * SLOTS_PER_EPOCH;
    const domain = this.config.getDomain(data.slot, DOMAIN_BEACON_ATTESTER, targetSlot);
    return this.root(ssz.phase0.AttestationData, data, domain);
  }

  selection(slot: number): Uint8Array {
    return this.root(ssz.Slot, slot, this.config.getDomain(slot, DOMAIN_SELECTION_PROOF));
  }

  aggregate(slot: number, message: AggregateAndProof): Uint8Array {
    const types = this.config.getForkTypes<ForkPostElectra>(slot);
    return this.root(
      types.AggregateAndProof,
      message,
      this.config.getDomain(slot, DOMAIN_AGGREGATE_AND_PROOF),
    );
  }

  syncMessage(slot: number, blockRoot: Uint8Array): Uint8Array {
    return this.root(ssz.Root, blockRoot, this.config.getDomain(slot, DOMAIN_SYNC_COMMITTEE));
  }

  syncSelection(slot: number, subcommitteeIndex: number): Uint8Array {
    const domain = this.config.getDomain(slot, DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF);
    return this.root(ssz.altair.SyncAggregatorSelectionData, { slot, subcommitteeIndex }, domain);
  }

  contribution(slot: number, message: altair.ContributionAndProof): Uint8Array {
    const domain = this.config.getDomain(slot, DOMAIN_CONTRIBUTION_AND_PROOF);
    return this.root(ssz.altair.ContributionAndProof, message, domain);
  }

  /** The domain of exits is that of Capella for ever (EIP-7044). */
  voluntaryExit(currentSlot: number, exit: phase0.VoluntaryExit): Uint8Array {
    const domain = this.config.getDomainForVoluntaryExit(currentSlot, exit.epoch * SLOTS_PER_EPOCH);
    return this.root(ssz.phase0.VoluntaryExit, exit, domain);
  }

  private root<T>(type: HashedType<T>, value: T, domain: Uint8Array): Uint8Array {
    return signingRoot(type.hashTreeRoot(value), domain);
  }
}

export function epochOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH);
}

function signingRoot(objectRoot: Uint8Array, domain: Uint8Array): Uint8Array {
  return ssz.phase0.SigningData.hashTreeRoot({ objectRoot, domain });
}
