import { routes } from '@lodestar/api';
import { DOMAIN_BEACON_PROPOSER } from '@lodestar/params';
import { computeSigningRoot } from '@lodestar/state-transition';
import { type electra, type phase0, ssz } from '@lodestar/types';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ServedNetwork, serveStepped } from '../../../test/support/served-network.ts';
import { attestationSigningRoot, blockSigningRoot, randaoSigningRoot } from '../production/signing.ts';
import type { Submission } from '../submission.ts';
import type { Block } from '../types.ts';
import { startApiServer } from './api-server.ts';

/** Past the first epoch, which the exits of this network have to wait for. */
const slotToExit = 33;

/** Signs for any validator, also for the producer's own. */
function sign({ setup }: ServedNetwork, validatorIndex: number, root: Uint8Array): Uint8Array {
  return setup.keys[validatorIndex]?.secretKey.sign(root).toBytes() ?? new Uint8Array(96);
}

function signedExit(network: ServedNetwork, validatorIndex: number) {
  const message = { epoch: 0, validatorIndex };
  const domain = network.setup.network.config.getDomainForVoluntaryExit(0, 0);
  const root = computeSigningRoot(ssz.phase0.VoluntaryExit, message, domain);
  return { message, signature: sign(network, validatorIndex, root) };
}

function signedHeader(network: ServedNetwork, proposerIndex: number, bodyByte: number) {
  const message: phase0.BeaconBlockHeader = {
    ...ssz.phase0.BeaconBlockHeader.defaultValue(),
    slot: 3,
    proposerIndex,
    bodyRoot: new Uint8Array(32).fill(bodyByte),
  };
  const domain = network.setup.network.config.getDomain(3, DOMAIN_BEACON_PROPOSER);
  const root = computeSigningRoot(ssz.phase0.BeaconBlockHeader, message, domain);
  const header = { message, signature: sign(network, proposerIndex, root) };
  return ssz.phase0.SignedBeaconBlockHeaderBigint.fromJson(ssz.phase0.SignedBeaconBlockHeader.toJson(header));
}

async function attestations(network: ServedNetwork, slot: number) {
  const { api } = network.outside;
  const committees = (await api.beacon.getEpochCommittees({ stateId: 'head', slot })).value();
  const { validators = [] } = committees[0] ?? {};
  const data = (await api.validator.produceAttestationData({ slot, committeeIndex: 0 })).value();
  const signingRoot = attestationSigningRoot(network.setup.network.config, data);
  return validators.map((attesterIndex) => ({
    committeeIndex: 0,
    attesterIndex,
    data,
    signature: sign(network, attesterIndex, signingRoot),
  }));
}

/** A promise and what fulfils it; Node 20 has no `Promise.withResolvers`. */
function promiseOf<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

describe('a submitted operation', () => {
  it('exits a validator once its epochs have passed, and not twice', async () => {
    const network = await serveStepped({ validators: 64, outside: 0 });
    const { stepped, outside } = network;
    const { beacon } = outside.api;
    const signedVoluntaryExit = signedExit(network, 5);
    const early = await beacon.submitPoolVoluntaryExit({ signedVoluntaryExit });
    expect([early.status, await early.errorBody()]).toEqual([
      400,
      expect.stringContaining('short_time_active'),
    ]);
    await stepped.stepTo(slotToExit);
    const forged = { ...signedVoluntaryExit, message: { ...signedVoluntaryExit.message, validatorIndex: 6 } };
    expect((await beacon.submitPoolVoluntaryExit({ signedVoluntaryExit: forged })).status).toBe(400);
    (await beacon.submitPoolVoluntaryExit({ signedVoluntaryExit })).assertOk();
    expect((await beacon.getPoolVoluntaryExits()).value()).toHaveLength(1);
    await stepped.step();
    const statuses = ['active_exiting' as const];
    const exiting = (await beacon.getStateValidators({ stateId: 'head', statuses })).value();
    expect(exiting.map(({ index }) => index)).toEqual([5]);
    expect((await beacon.submitPoolVoluntaryExit({ signedVoluntaryExit })).status).toBe(400);
  });

  it('slashes a proposer of two blocks, and nobody for one', async () => {
    const network = await serveStepped({ validators: 64, outside: 0 });
    const { stepped, outside } = network;
    await stepped.step();
    const one = signedHeader(network, 9, 1);
    const proposerSlashing = { signedHeader1: one, signedHeader2: signedHeader(network, 9, 2) };
    const { beacon } = outside.api;
    const same = { signedHeader1: one, signedHeader2: one };
    expect((await beacon.submitPoolProposerSlashings({ proposerSlashing: same })).status).toBe(400);
    (await beacon.submitPoolProposerSlashings({ proposerSlashing })).assertOk();
    await stepped.step();
    const slashed = (await beacon.getStateValidator({ stateId: 'head', validatorId: 9 })).value();
    expect(slashed.status).toBe('active_slashed');
    expect((await beacon.submitPoolProposerSlashings({ proposerSlashing })).status).toBe(400);
  });

  it('is refused with its place in the list when it changes credentials that are changed already', async () => {
    const { outside } = await serveStepped({ validators: 64, outside: 0 });
    const change = ssz.capella.SignedBLSToExecutionChange.defaultValue();
    const { beacon } = outside.api;
    const refused = await beacon.submitPoolBLSToExecutionChange({ blsToExecutionChanges: [change] });
    expect(JSON.parse(await refused.errorBody())).toMatchObject({ code: 400, failures: [{ index: 0 }] });
  });
});

describe('submitted attestations', () => {
  it('are taken one by one, and handed on though one has a wrong signature', async () => {
    const network = await serveStepped({ validators: 64, outside: 0 });
    await network.stepped.stepTo(3);
    const { promise: relayed, resolve: relay } = promiseOf<Submission>();
    const node = { ...network.stepped.node.api, relay: async (submission: Submission) => relay(submission) };
    const server = await startApiServer({ node, address: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const [first, second] = await attestations(network, 3);
    if (first === undefined || second === undefined) throw new Error('the committee of slot 3 is too small');
    const body = [first, { ...second, signature: first.signature }].map((vote) =>
      ssz.electra.SingleAttestation.toJson(vote),
    );
    const response = await fetch(`${server.url}/eth/v2/beacon/pool/attestations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'eth-consensus-version': 'electra' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      failures: [{ index: 1, message: 'the signature is wrong' }],
    });
    const path = '/eth/v2/beacon/pool/attestations';
    expect(await relayed).toMatchObject({ path, version: 'electra', body: JSON.stringify(body) });
  });

  it('are not taken from who is in another committee', async () => {
    const network = await serveStepped({ validators: 64, outside: 0 });
    const { stepped, outside } = network;
    await stepped.stepTo(2);
    const [vote] = await attestations(network, 2);
    const [stranger] = await attestations(network, 1);
    if (vote === undefined || stranger === undefined) throw new Error('a committee is empty');
    const signedAttestations = [{ ...vote, attesterIndex: stranger.attesterIndex }];
    const refused = await outside.api.beacon.submitPoolAttestationsV2({ signedAttestations });
    expect(await refused.errorBody()).toContain('is not in committee 0 of slot 2');
  });
});

describe('a submitted block', () => {
  async function proposal(network: ServedNetwork) {
    const { stepped, outside, setup } = network;
    const { config } = setup.network;
    await stepped.step();
    const duties = (await outside.api.validator.getProposerDuties({ epoch: 0 })).value();
    const proposer = duties[1]?.validatorIndex ?? -1;
    const signFull = (block: Block) => sign(network, proposer, blockSigningRoot(config, block));
    const signBlinded = (block: electra.BlindedBeaconBlock) => {
      const domain = config.getDomain(1, DOMAIN_BEACON_PROPOSER);
      return sign(network, proposer, computeSigningRoot(ssz.electra.BlindedBeaconBlock, block, domain));
    };
    const randaoReveal = sign(network, proposer, randaoSigningRoot(config, 1));
    return { randaoReveal, signFull, signBlinded, api: outside.api };
  }

  it('may come blinded when its payload was built here', async () => {
    const network = await serveStepped({ validators: 64, outside: 63 });
    const { randaoReveal, signBlinded, api } = await proposal(network);
    const options = { slot: 1, randaoReveal, graffiti: 'blinded', blindedLocal: true };
    const produced = await api.validator.produceBlockV3(options);
    expect(produced.meta().executionPayloadBlinded).toBe(true);
    const message = produced.value() as electra.BlindedBeaconBlock;
    const signedBlindedBlock = { message, signature: signBlinded(message) };
    const elsewhere = ssz.electra.SignedBlindedBeaconBlock.defaultValue();
    elsewhere.message.slot = 1;
    const refused = await api.beacon.publishBlindedBlockV2({ signedBlindedBlock: elsewhere });
    expect([refused.status, await refused.errorBody()]).toEqual([
      400,
      expect.stringContaining('Unknown payload'),
    ]);
    (await api.beacon.publishBlindedBlockV2({ signedBlindedBlock })).assertOk();
    expect(network.stepped.node.chain.head.slot).toBe(1);
  });

  it('may be of an epoch that is over by the clock, while the head is older yet', async () => {
    const network = await serveStepped({ validators: 64, outside: 63 });
    const { stepped, outside, setup } = network;
    await stepped.stepTo(33);
    const slot = 31;
    expect(stepped.node.chain.head.slot).toBeLessThan(slot);
    const duties = (await outside.api.validator.getProposerDuties({ epoch: 0 })).value();
    const proposer = duties[slot]?.validatorIndex ?? -1;
    const randaoReveal = sign(network, proposer, randaoSigningRoot(setup.network.config, slot));
    const produced = await outside.api.validator.produceBlockV3({ slot, randaoReveal, graffiti: 'x' });
    const { block } = produced.value() as unknown as { block: Block };
    expect([block.slot, block.proposerIndex]).toEqual([slot, proposer]);
  });

  it('is refused when its proposer has made another, or its state root is wrong', async () => {
    const network = await serveStepped({ validators: 64, outside: 63 });
    const { randaoReveal, signFull, api } = await proposal(network);
    const forged = await api.validator.produceBlockV3({
      slot: 1,
      randaoReveal: signFull(ssz.electra.BeaconBlock.defaultValue()),
      graffiti: '',
    });
    expect([forged.status, await forged.errorBody()]).toEqual([
      400,
      expect.stringContaining('randao reveal'),
    ]);
    const produced = await api.validator.produceBlockV3({ slot: 1, randaoReveal, graffiti: 'x' });
    const { block } = produced.value() as unknown as { block: Block };
    const publish = async (message: Block, broadcastValidation: routes.beacon.BroadcastValidation) => {
      const signedBlock = { message, signature: signFull(message) };
      const contents = { signedBlock, kzgProofs: [], blobs: [] };
      return (await api.beacon.publishBlockV2({ signedBlockContents: contents, broadcastValidation })).status;
    };
    const { gossip, consensus } = routes.beacon.BroadcastValidation;
    const wrong = { ...block, stateRoot: new Uint8Array(32).fill(7) };
    expect(await publish(wrong, consensus)).toBe(400);
    expect(await publish(wrong, gossip)).toBe(202);
    expect(await publish(block, gossip)).toBe(200);
    expect(await publish(block, consensus)).toBe(200);
    expect(await publish(wrong, gossip)).toBe(400);
    expect(network.stepped.node.chain.head.slot).toBe(1);
  });
});
