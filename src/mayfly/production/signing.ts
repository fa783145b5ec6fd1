import type { BeaconConfig } from '@lodestar/config';
import {
  DOMAIN_BEACON_ATTESTER,
  DOMAIN_BEACON_PROPOSER,
  DOMAIN_CONTRIBUTION_AND_PROOF,
  DOMAIN_RANDAO,
  DOMAIN_SYNC_COMMITTEE,
  DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF,
} from '@lodestar/params';
import { computeEpochAtSlot, computeSigningRoot, computeStartSlotAtEpoch } from '@lodestar/state-transition';
import { type altair, type phase0, ssz } from '@lodestar/types';
import { fromHex } from '@lodestar/utils';
import { blockTypes } from '../chain/transition.ts';
import type { Block, RootHex } from '../types.ts';

/** The roots that validators sign. Source: consensus-specs, validator.md of phase0 and altair. */
export function randaoSigningRoot(config: BeaconConfig, slot: number): Uint8Array {
  const domain = config.getDomain(slot, DOMAIN_RANDAO);
  return computeSigningRoot(ssz.Epoch, computeEpochAtSlot(slot), domain);
}

export function blockSigningRoot(config: BeaconConfig, block: Block): Uint8Array {
  const domain = config.getDomain(block.slot, DOMAIN_BEACON_PROPOSER);
  return computeSigningRoot(blockTypes(config, block.slot).BeaconBlock, block, domain);
}

export function attestationSigningRoot(config: BeaconConfig, data: phase0.AttestationData): Uint8Array {
  const domain = config.getDomain(
    data.slot,
    DOMAIN_BEACON_ATTESTER,
    computeStartSlotAtEpoch(data.target.epoch),
  );
  return computeSigningRoot(ssz.phase0.AttestationData, data, domain);
}

export function syncCommitteeSigningRoot(config: BeaconConfig, slot: number, blockRoot: RootHex): Uint8Array {
  const domain = config.getDomain(slot, DOMAIN_SYNC_COMMITTEE);
  return computeSigningRoot(ssz.Root, fromHex(blockRoot), domain);
}

/** What a member signs to find out whether it is to aggregate its subcommittee. */
export function syncSelectionRoot(
  config: BeaconConfig,
  data: altair.SyncAggregatorSelectionData,
): Uint8Array {
  const domain = config.getDomain(data.slot, DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF);
  return computeSigningRoot(ssz.altair.SyncAggregatorSelectionData, data, domain);
}

export function contributionSigningRoot(
  config: BeaconConfig,
  message: altair.ContributionAndProof,
): Uint8Array {
  const domain = config.getDomain(message.contribution.slot, DOMAIN_CONTRIBUTION_AND_PROOF);
  return computeSigningRoot(ssz.altair.ContributionAndProof, message, domain);
}
