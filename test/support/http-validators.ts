import { type ApiClient, getClient, routes } from '@lodestar/api';
import type { BeaconConfig } from '@lodestar/config';
import {
  DOMAIN_AGGREGATE_AND_PROOF,
  DOMAIN_CONTRIBUTION_AND_PROOF,
  DOMAIN_SELECTION_PROOF,
  DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF,
  SLOTS_PER_EPOCH,
} from '@lodestar/params';
import {
  computeSigningRoot,
  isAggregatorFromCommitteeLength,
  isSyncCommitteeAggregator,
} from '@lodestar/state-transition';
import { type altair, type electra, ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import {
  attestationSigningRoot,
  blockSigningRoot,
  randaoSigningRoot,
  syncCommitteeSigningRoot,
} from '../../src/mayfly/production/signing.ts';
import type { OutsideValidators } from '../../src/mayfly/stepped-network.ts';
import type { Block } from '../../src/mayfly/types.ts';

const subcommitteeSize = 128;

export interface HttpValidatorsOptions {
  readonly url: string;
  readonly config: BeaconConfig;
  /** By validator index. */
  readonly keys: ReadonlyMap<number, ValidatorKey>;
}

/** What was done, for tests to compare with what the chain has of it. */
export interface Performed {
  readonly proposed: { slot: number; root: string; proposer: number }[];
  readonly attested: { slot: number; validator: number }[];
  aggregates: number;
  contributions: number;
}

/** Validators that know nothing of the node but its HTTP API: they do all duties as a validator client does. */
export class HttpValidators implements OutsideValidators {
  readonly api: ApiClient;
  readonly performed: Performed = { proposed: [], attested: [], aggregates: 0, contributions: 0 };
  private readonly config: BeaconConfig;
  private readonly keys: ReadonlyMap<number, ValidatorKey>;

  constructor({ url, config, keys }: HttpValidatorsOptions) {
    this.api = getClient({ baseUrl: url }, { config });
    this.config = config;
    this.keys = keys;
  }

  async propose(slot: number): Promise<void> {
    const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
    const duties = (await this.api.validator.getProposerDuties({ epoch })).value();
    const duty = duties.find(
      (candidate) => candidate.slot === slot && this.keys.has(candidate.validatorIndex),
    );
    if (duty === undefined) return;
    const proposer = duty.validatorIndex;
    const randaoReveal = this.sign(proposer, randaoSigningRoot(this.config, slot));
    const produced = await this.api.validator.produceBlockV3({ slot, randaoReveal, graffiti: 'over HTTP' });
    const { block } = produced.value() as unknown as { block: Block };
    const signature = this.sign(proposer, blockSigningRoot(this.config, block));
    const signedBlock = { message: block, signature };
    const published = await this.api.beacon.publishBlockV2({
      signedBlockContents: { signedBlock, kzgProofs: [], blobs: [] },
      broadcastValidation: routes.beacon.BroadcastValidation.consensusAndEquivocation,
    });
    published.assertOk();
    const root = toRootHex(ssz.electra.BeaconBlock.hashTreeRoot(block));
    this.performed.proposed.push({ slot, root, proposer });
  }

  async attest(slot: number): Promise<void> {
    const duties = await this.attesterDuties(slot);
    const data = (await this.api.validator.produceAttestationData({ committeeIndex: 0, slot })).value();
    const signingRoot = attestationSigningRoot(this.config, data);
    const signedAttestations = duties.map((duty) => ({
      committeeIndex: duty.committeeIndex,
      attesterIndex: duty.validatorIndex,
      data,
      signature: this.sign(duty.validatorIndex, signingRoot),
    }));
    if (signedAttestations.length > 0) {
      (await this.api.beacon.submitPoolAttestationsV2({ signedAttestations })).assertOk();
    }
    this.performed.attested.push(
      ...duties.map(({ validatorIndex }) => ({ slot, validator: validatorIndex })),
    );
    await this.signSyncCommittee(slot);
    await this.aggregate(duties, ssz.phase0.AttestationData.hashTreeRoot(data));
  }

  private async attesterDuties(slot: number): Promise<routes.validator.AttesterDuty[]> {
    const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
    const duties = await this.api.validator.getAttesterDuties({ epoch, indices: [...this.keys.keys()] });
    return duties.value().filter((duty) => duty.slot === slot);
  }

  private async aggregate(duties: routes.validator.AttesterDuty[], dataRoot: Uint8Array): Promise<void> {
    const signedAggregateAndProofs: electra.SignedAggregateAndProof[] = [];
    for (const { slot, validatorIndex, committeeIndex, committeeLength } of duties) {
      const selectionDomain = this.config.getDomain(slot, DOMAIN_SELECTION_PROOF);
      const selectionProof = this.sign(validatorIndex, computeSigningRoot(ssz.Slot, slot, selectionDomain));
      if (!isAggregatorFromCommitteeLength(committeeLength, selectionProof)) continue;
      const fetched = await this.api.validator.getAggregatedAttestationV2({
        attestationDataRoot: dataRoot,
        slot,
        committeeIndex,
      });
      const aggregate = fetched.value() as electra.Attestation;
      const message = { aggregatorIndex: validatorIndex, aggregate, selectionProof };
      const domain = this.config.getDomain(slot, DOMAIN_AGGREGATE_AND_PROOF);
      const signingRoot = computeSigningRoot(ssz.electra.AggregateAndProof, message, domain);
      signedAggregateAndProofs.push({ message, signature: this.sign(validatorIndex, signingRoot) });
    }
    if (signedAggregateAndProofs.length === 0) return;
    (await this.api.validator.publishAggregateAndProofsV2({ signedAggregateAndProofs })).assertOk();
    this.performed.aggregates += signedAggregateAndProofs.length;
  }

  private async signSyncCommittee(slot: number): Promise<void> {
    const epoch = Math.floor((slot + 1) / SLOTS_PER_EPOCH);
    const indices = [...this.keys.keys()];
    const duties = (await this.api.validator.getSyncCommitteeDuties({ epoch, indices })).value();
    const { root } = (await this.api.beacon.getBlockRoot({ blockId: 'head' })).value();
    const signingRoot = syncCommitteeSigningRoot(this.config, slot, toRootHex(root));
    const signatures = duties.map(({ validatorIndex }) => ({
      slot,
      beaconBlockRoot: root,
      validatorIndex,
      signature: this.sign(validatorIndex, signingRoot),
    }));
    (await this.api.beacon.submitPoolSyncCommitteeSignatures({ signatures })).assertOk();
    await this.contribute(slot, root, duties);
  }

  private async contribute(
    slot: number,
    root: Uint8Array,
    duties: readonly routes.validator.SyncDuty[],
  ): Promise<void> {
    const contributionAndProofs: altair.SignedContributionAndProof[] = [];
    for (const { validatorIndex, validatorSyncCommitteeIndices: seats } of duties) {
      for (const subcommitteeIndex of new Set(seats.map((seat) => Math.floor(seat / subcommitteeSize)))) {
        const signed = await this.contribution({ slot, root, validatorIndex, subcommitteeIndex });
        if (signed !== undefined) contributionAndProofs.push(signed);
      }
    }
    if (contributionAndProofs.length === 0) return;
    (await this.api.validator.publishContributionAndProofs({ contributionAndProofs })).assertOk();
    this.performed.contributions += contributionAndProofs.length;
  }

  private async contribution(part: {
    slot: number;
    root: Uint8Array;
    validatorIndex: number;
    subcommitteeIndex: number;
  }): Promise<altair.SignedContributionAndProof | undefined> {
    const { slot, root, validatorIndex, subcommitteeIndex } = part;
    const selectionDomain = this.config.getDomain(slot, DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF);
    const selection = ssz.altair.SyncAggregatorSelectionData;
    const selectionRoot = computeSigningRoot(selection, { slot, subcommitteeIndex }, selectionDomain);
    const selectionProof = this.sign(validatorIndex, selectionRoot);
    if (!isSyncCommitteeAggregator(selectionProof)) return undefined;
    const fetched = await this.api.validator.produceSyncCommitteeContribution({
      slot,
      subcommitteeIndex,
      beaconBlockRoot: root,
    });
    const message = { aggregatorIndex: validatorIndex, contribution: fetched.value(), selectionProof };
    const domain = this.config.getDomain(slot, DOMAIN_CONTRIBUTION_AND_PROOF);
    const signingRoot = computeSigningRoot(ssz.altair.ContributionAndProof, message, domain);
    return { message, signature: this.sign(validatorIndex, signingRoot) };
  }

  sign(validatorIndex: number, signingRoot: Uint8Array): Uint8Array {
    const key = this.keys.get(validatorIndex);
    if (key === undefined) throw new Error(`validator ${validatorIndex} is not one of these`);
    return key.secretKey.sign(signingRoot).toBytes();
  }
}
