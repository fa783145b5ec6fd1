import { getClient } from '@lodestar/api';
import {
  DOMAIN_AGGREGATE_AND_PROOF,
  DOMAIN_APPLICATION_BUILDER,
  DOMAIN_BEACON_PROPOSER,
  DOMAIN_SELECTION_PROOF,
} from '@lodestar/params';
import {
  computeDomain,
  computeSigningRoot,
  isSyncCommitteeAggregator,
  ZERO_HASH,
} from '@lodestar/state-transition';
import { type electra, ssz } from '@lodestar/types';
import { fromHex, toRootHex } from '@lodestar/utils';
import { expect } from 'vitest';
import {
  attestationSigningRoot,
  blockSigningRoot,
  contributionSigningRoot,
  randaoSigningRoot,
  syncCommitteeSigningRoot,
  syncSelectionRoot,
} from '../../../src/mayfly/production/signing.ts';
import type { Block } from '../../../src/mayfly/types.ts';
import { operationRows } from './operations.ts';
import type { Row, Rows } from './row.ts';
import { forged, signer } from './signer.ts';
import { type ApiWorld, lastSlot } from './world.ts';

const recipient = `0x${'ab'.repeat(20)}`;

/** What validator clients send: each taken as JSON and as SSZ, and refused with a signature that is none. */
export function submissionRows(world: ApiWorld): Rows {
  const now = { slot: lastSlot };
  return {
    ...blockSubmissions(world, now),
    ...operationRows(world),
    ...voteRows(world, now),
    ...syncRows(world, now),
    ...preparationRows(world),
  };
}

interface Now {
  slot: number;
}

/** Goes one slot on in which the producer does not propose, and signs what the API produces for it. */
function blockSubmissions(world: ApiWorld, now: Now): Rows {
  const { setup, stepped, url } = world;
  const { config } = setup.network;
  const { chain, chaos } = stepped.node;
  const sign = signer(world);
  const api = getClient({ baseUrl: url }, { config });
  const reveal = (slot: number) => {
    const proposer = chain.headState.epochCtx.getBeaconProposer(slot);
    return { proposer, randaoReveal: sign(proposer, randaoSigningRoot(config, slot)) };
  };
  const nextSlot = async () => {
    chaos.order({ kind: 'skip-slots', slots: 1 });
    await stepped.step();
    now.slot += 1;
    return now.slot;
  };
  const produced = async () => {
    const slot = await nextSlot();
    return { slot, graffiti: 'a row', randaoReveal: reveal(slot).randaoReveal };
  };
  let made = '';
  const full = async () => {
    const slot = await nextSlot();
    const { proposer, randaoReveal } = reveal(slot);
    const answer = await api.validator.produceBlockV3({ slot, randaoReveal, graffiti: 'full' });
    const { block: message } = answer.value() as unknown as { block: Block };
    const signature = sign(proposer, blockSigningRoot(config, message));
    made = toRootHex(ssz.electra.BeaconBlock.hashTreeRoot(message));
    return { signedBlockContents: { signedBlock: { message, signature }, kzgProofs: [], blobs: [] } };
  };
  const blinded = async () => {
    const slot = await nextSlot();
    const { proposer, randaoReveal } = reveal(slot);
    const wish = { slot, randaoReveal, graffiti: 'blinded', blindedLocal: true };
    const message = (await api.validator.produceBlockV3(wish)).value() as electra.BlindedBeaconBlock;
    const domain = config.getDomain(slot, DOMAIN_BEACON_PROPOSER);
    const root = computeSigningRoot(ssz.electra.BlindedBeaconBlock, message, domain);
    made = toRootHex(ssz.electra.BlindedBeaconBlock.hashTreeRoot(message));
    return { signedBlindedBlock: { message, signature: sign(proposer, root) } };
  };
  const isHead = () => expect(chain.head.root).toBe(made);
  const badSignature = async () => {
    const { signedBlockContents } = await full();
    const signedBlock = { ...signedBlockContents.signedBlock, signature: forged };
    return { signedBlockContents: { ...signedBlockContents, signedBlock } };
  };
  const badBlinded = async () => {
    const { signedBlindedBlock } = await blinded();
    return { signedBlindedBlock: { ...signedBlindedBlock, signature: forged } };
  };
  return {
    produceBlockV3: [{ args: produced, answer: (body: Produced) => holdProduced(world, body) }],
    publishBlockV2: [
      { args: full, after: isHead },
      { args: badSignature, status: 400 },
    ],
    publishBlindedBlockV2: [
      { args: blinded, after: isHead },
      { args: badBlinded, status: 400 },
    ],
  };
}

interface Produced {
  readonly version: string;
  readonly execution_payload_blinded: boolean;
  readonly data: { readonly block: unknown };
}

function holdProduced({ fork, stepped }: ApiWorld, body: Produced): void {
  const { head } = stepped.node.chain;
  expect([body.version, body.execution_payload_blinded]).toEqual([fork, false]);
  const block = ssz.electra.BeaconBlock.fromJson(body.data.block);
  expect([block.slot, toRootHex(block.parentRoot)]).toEqual([lastSlot + 1, head.root]);
  expect(toRootHex(block.body.executionPayload.parentHash)).toBe(head.executionHash);
  expect(block.body.attestations.length).toBeGreaterThan(0);
  expect(Buffer.from(block.body.graffiti).toString()).toContain('a row');
}

/** Votes of the committee of the slot of now. */
function voteRows(world: ApiWorld, now: Now): Rows {
  const { setup, stepped, url } = world;
  const { config } = setup.network;
  const { chain, pools } = stepped.node;
  const sign = signer(world);
  const api = getClient({ baseUrl: url }, { config });
  const vote = async () => {
    const { slot } = now;
    const committee = [...chain.headState.epochCtx.getBeaconCommittee(slot, 0)];
    const data = (await api.validator.produceAttestationData({ slot, committeeIndex: 0 })).value();
    return { committee, data, index: committee[0] ?? -1 };
  };
  const single = (signature?: Uint8Array) => async () => {
    const { data, index } = await vote();
    const own = sign(index, attestationSigningRoot(config, data));
    return {
      signedAttestations: [{ committeeIndex: 0, attesterIndex: index, data, signature: signature ?? own }],
    };
  };
  const aggregate = (signature?: Uint8Array) => async () => {
    const { committee, data, index } = await vote();
    const bits = committee.map((_, i) => i === 0);
    const message: electra.AggregateAndProof = {
      aggregatorIndex: index,
      aggregate: {
        ...ssz.electra.Attestation.defaultValue(),
        aggregationBits: ssz.electra.Attestation.fields.aggregationBits.fromJson(bitlist(bits)),
        committeeBits: ssz.electra.Attestation.fields.committeeBits.fromJson('0x0100000000000000'),
        data,
        signature: sign(index, attestationSigningRoot(config, data)),
      },
      selectionProof: sign(
        index,
        computeSigningRoot(ssz.Slot, data.slot, config.getDomain(data.slot, DOMAIN_SELECTION_PROOF)),
      ),
    };
    const domain = config.getDomain(data.slot, DOMAIN_AGGREGATE_AND_PROOF);
    const root = computeSigningRoot(ssz.electra.AggregateAndProof, message, domain);
    return { signedAggregateAndProofs: [{ message, signature: signature ?? sign(index, root) }] };
  };
  const isHeld = () =>
    expect(pools.attestations.groups().some(({ data }) => data.slot === now.slot)).toBe(true);
  return {
    submitPoolAttestationsV2: [
      { args: single(), after: isHeld },
      { args: single(forged), status: 400 },
    ],
    publishAggregateAndProofsV2: [
      { args: aggregate(), after: isHeld },
      { args: aggregate(forged), status: 400 },
    ],
  };
}

/** Bits with the one that ends the list. */
function bitlist(bits: readonly boolean[]): string {
  const number = [...bits, true].reduce((sum, bit, i) => sum + (bit ? 2 ** i : 0), 0);
  return `0x${number.toString(16).padStart(2, '0')}`;
}

function syncRows(world: ApiWorld, now: Now): Rows {
  const { setup, stepped, url } = world;
  const { config } = setup.network;
  const { chain } = stepped.node;
  const sign = signer(world);
  const api = getClient({ baseUrl: url }, { config });
  const members = chain.headState.epochCtx.currentSyncCommitteeIndexed.validatorIndices;
  const message = (signature?: Uint8Array) => async () => {
    const { slot } = now;
    const validatorIndex = members[0] ?? -1;
    const own = sign(validatorIndex, syncCommitteeSigningRoot(config, slot, chain.head.root));
    const beaconBlockRoot = fromHex(chain.head.root);
    return { signatures: [{ slot, beaconBlockRoot, validatorIndex, signature: signature ?? own }] };
  };
  const contribution = (forgedSignature?: Uint8Array) => async () => {
    const { slot } = now;
    const asked = { slot, subcommitteeIndex: 0, beaconBlockRoot: fromHex(chain.head.root) };
    const made = (await api.validator.produceSyncCommitteeContribution(asked)).value();
    const data = { slot, subcommitteeIndex: 0 };
    const chosen = [...members.slice(0, 128)]
      .map((index) => ({ index, selectionProof: sign(index, syncSelectionRoot(config, data)) }))
      .find(({ selectionProof }) => isSyncCommitteeAggregator(selectionProof));
    if (chosen === undefined) throw new Error('nobody is to aggregate in this slot');
    const proof = {
      aggregatorIndex: chosen.index,
      contribution: made,
      selectionProof: chosen.selectionProof,
    };
    const signature = forgedSignature ?? sign(chosen.index, contributionSigningRoot(config, proof));
    return { contributionAndProofs: [{ message: proof, signature }] };
  };
  return {
    submitPoolSyncCommitteeSignatures: [{ args: message() }, { args: message(forged), status: 400 }],
    publishContributionAndProofs: [{ args: contribution() }, { args: contribution(forged), status: 400 }],
  };
}

function preparationRows(world: ApiWorld): Rows {
  const { setup, stepped } = world;
  const { feeRecipients } = stepped.node.api.builder;
  const committee = { validatorIndex: 3, committeesAtSlot: 1, slot: lastSlot, isAggregator: true };
  const seats = { validatorIndex: 3, untilEpoch: 300 };
  const registration = {
    feeRecipient: fromHex(recipient),
    gasLimit: 45_000_000,
    timestamp: 1_700_000_000,
    pubkey: setup.keys[3]?.pubkey ?? new Uint8Array(48),
  };
  const domain = computeDomain(
    DOMAIN_APPLICATION_BUILDER,
    setup.network.config.GENESIS_FORK_VERSION,
    ZERO_HASH,
  );
  const root = computeSigningRoot(ssz.bellatrix.ValidatorRegistrationV1, registration, domain);
  const registrations = [{ message: registration, signature: signer(world)(3, root) }];
  const proposers = (feeRecipient: string) => ({ proposers: [{ validatorIndex: '3', feeRecipient }] });
  const rows: Record<string, readonly Row[]> = {
    prepareBeaconProposer: [
      { args: proposers(recipient), after: () => expect(feeRecipients.get(3)).toBe(recipient) },
      { args: proposers('0x12'), status: 400 },
    ],
    prepareBeaconCommitteeSubnet: [
      { args: { subscriptions: [{ ...committee, committeeIndex: 0 }] } },
      { args: { subscriptions: [{ ...committee, committeeIndex: 64 }] }, status: 400 },
    ],
    prepareSyncCommitteeSubnets: [
      { args: { subscriptions: [{ ...seats, syncCommitteeIndices: [0, 511] }] } },
      { args: { subscriptions: [{ ...seats, syncCommitteeIndices: [512] }] }, status: 400 },
    ],
    registerValidator: [{ args: { registrations } }],
  };
  return rows;
}
