import type { BeaconConfig } from '@lodestar/config';
import { type altair, type electra, type phase0, ssz } from '@lodestar/types';
import type { z } from 'zod';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import type { BeaconCall, BeaconHttp } from './beacon-http.ts';
import * as shapes from './shapes.ts';

export interface ValidatorStatus {
  readonly index: number;
  readonly key: PublicKey;
  /** As the Beacon API has it, such as `active_ongoing`. */
  readonly status: string;
}

/** The duties of a beacon node by the standard API, whichever client it is. Blocks: blocks.ts. */
export class BeaconNode {
  readonly http: BeaconHttp;
  private readonly config: BeaconConfig;

  constructor(http: BeaconHttp, config: BeaconConfig) {
    this.http = http;
    this.config = config;
  }

  async genesisValidatorsRoot(): Promise<string> {
    const { data } = await this.ask(shapes.genesisShape, '/eth/v1/beacon/genesis');
    return data.genesis_validators_root;
  }

  async isSyncing(): Promise<boolean> {
    const { data } = await this.ask(shapes.syncingShape, '/eth/v1/node/syncing');
    return data.is_syncing;
  }

  /** Those of the keys that the head state knows. */
  async validators(keys: readonly PublicKey[]): Promise<ValidatorStatus[]> {
    if (keys.length === 0) return [];
    const path = '/eth/v1/beacon/states/head/validators';
    const { data } = await this.ask(shapes.validatorsShape, path, post({ ids: keys }));
    return data.map(({ index, status, validator }) => ({ index, status, key: validator.pubkey }));
  }

  attesterDuties(epoch: number, indices: readonly number[]): Promise<shapes.AttesterDuties> {
    const path = `/eth/v1/validator/duties/attester/${epoch}`;
    return this.ask(shapes.attesterDutiesShape, path, post(indices.map(String)));
  }

  proposerDuties(epoch: number): Promise<shapes.ProposerDuties> {
    return this.ask(shapes.proposerDutiesShape, `/eth/v1/validator/duties/proposer/${epoch}`);
  }

  syncDuties(epoch: number, indices: readonly number[]): Promise<shapes.SyncDuties> {
    const path = `/eth/v1/validator/duties/sync/${epoch}`;
    return this.ask(shapes.syncDutiesShape, path, post(indices.map(String)));
  }

  /** Since Electra it is the same for all committees. */
  async attestationData(slot: number): Promise<phase0.AttestationData> {
    const path = `/eth/v1/validator/attestation_data?slot=${slot}&committee_index=0`;
    return ssz.phase0.AttestationData.fromJson(await this.data(path));
  }

  async submitAttestations(slot: number, attestations: readonly electra.SingleAttestation[]): Promise<void> {
    const body = attestations.map((attestation) => ssz.electra.SingleAttestation.toJson(attestation));
    await this.http.call('/eth/v2/beacon/pool/attestations', this.versioned(slot, body));
  }

  async aggregate(vote: {
    dataRoot: string;
    slot: number;
    committeeIndex: number;
  }): Promise<electra.Attestation> {
    const { dataRoot, slot, committeeIndex } = vote;
    const query = `attestation_data_root=${dataRoot}&slot=${slot}&committee_index=${committeeIndex}`;
    return ssz.electra.Attestation.fromJson(
      await this.data(`/eth/v2/validator/aggregate_attestation?${query}`),
    );
  }

  async submitAggregates(slot: number, signed: readonly electra.SignedAggregateAndProof[]): Promise<void> {
    const body = signed.map((aggregate) => ssz.electra.SignedAggregateAndProof.toJson(aggregate));
    await this.http.call('/eth/v2/validator/aggregate_and_proofs', this.versioned(slot, body));
  }

  async headRoot(): Promise<string> {
    const { data } = await this.ask(shapes.blockRootShape, '/eth/v1/beacon/blocks/head/root');
    return data.root;
  }

  async submitSyncMessages(messages: readonly altair.SyncCommitteeMessage[]): Promise<void> {
    const body = messages.map((message) => ssz.altair.SyncCommitteeMessage.toJson(message));
    await this.http.call('/eth/v1/beacon/pool/sync_committees', post(body));
  }

  async contribution(vote: {
    slot: number;
    subcommitteeIndex: number;
    blockRoot: string;
  }): Promise<altair.SyncCommitteeContribution> {
    const { slot, subcommitteeIndex, blockRoot } = vote;
    const query = `slot=${slot}&subcommittee_index=${subcommitteeIndex}&beacon_block_root=${blockRoot}`;
    const path = `/eth/v1/validator/sync_committee_contribution?${query}`;
    return ssz.altair.SyncCommitteeContribution.fromJson(await this.data(path));
  }

  async submitContributions(signed: readonly altair.SignedContributionAndProof[]): Promise<void> {
    const body = signed.map((contribution) => ssz.altair.SignedContributionAndProof.toJson(contribution));
    await this.http.call('/eth/v1/validator/contribution_and_proofs', post(body));
  }

  async prepareProposers(recipients: ReadonlyMap<number, string>): Promise<void> {
    const body = [...recipients].map(([index, address]) => ({
      validator_index: `${index}`,
      fee_recipient: address,
    }));
    await this.http.call('/eth/v1/validator/prepare_beacon_proposer', post(body));
  }

  /** Tells which committees the node is to listen to; bodies as the standard has them. */
  async subscribe(kind: 'beacon_committee' | 'sync_committee', body: readonly object[]): Promise<void> {
    await this.http.call(`/eth/v1/validator/${kind}_subscriptions`, post(body));
  }

  private async data(path: string): Promise<unknown> {
    return (await this.ask(shapes.dataShape, path)).data;
  }

  private async ask<S extends z.ZodType>(shape: S, path: string, call?: BeaconCall): Promise<z.infer<S>> {
    const parsed = shape.safeParse(await this.http.json(path, call));
    if (parsed.success) return parsed.data;
    const reason = `${path.split('?')[0]}: an answer that is not of the standard`;
    const facts = { url: this.http.url, reason };
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', facts, parsed.error);
  }

  private versioned(slot: number, body: unknown): BeaconCall {
    return { ...post(body), headers: { 'eth-consensus-version': this.config.getForkName(slot) } };
  }
}

function post(body: unknown): BeaconCall {
  return { method: 'POST', body };
}
