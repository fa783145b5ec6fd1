import { DOMAIN_BEACON_PROPOSER, DOMAIN_BLS_TO_EXECUTION_CHANGE } from '@lodestar/params';
import { computeDomain, computeSigningRoot } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { expect } from 'vitest';
import { attestationSigningRoot } from '../../../src/mayfly/production/signing.ts';
import type { Rows } from './row.ts';
import { forged, signer } from './signer.ts';
import { type ApiWorld, blsValidator, withdrawalKey } from './world.ts';

const slashedSlot = 100;

/** Exits, slashings and changes of credentials: each waits in the pool once it was taken. */
export function operationRows(world: ApiWorld): Rows {
  return { ...exitRows(world), ...headerRows(world), ...voteRows(world), ...changeRows(world) };
}

function isThere(entries: () => readonly unknown[]): () => void {
  return () => expect(entries()).toHaveLength(1);
}

function exitRows(world: ApiWorld): Rows {
  const { config } = world.setup.network;
  const { operations } = world.stepped.node.pools;
  const exit = (validatorIndex: number, signature?: Uint8Array) => {
    const message = { epoch: 0, validatorIndex };
    const domain = config.getDomainForVoluntaryExit(0, 0);
    const root = computeSigningRoot(ssz.phase0.VoluntaryExit, message, domain);
    return { signedVoluntaryExit: { message, signature: signature ?? signer(world)(validatorIndex, root) } };
  };
  const held = () => operations.all().voluntaryExits.filter(({ message }) => message.validatorIndex === 55);
  return {
    submitPoolVoluntaryExit: [
      { args: exit(55), after: isThere(held) },
      { args: exit(56, forged), status: 400 },
    ],
  };
}

/** Two blocks of one proposer in one slot. */
function headerRows(world: ApiWorld): Rows {
  const { config } = world.setup.network;
  const { operations } = world.stepped.node.pools;
  const { BeaconBlockHeader, SignedBeaconBlockHeader, SignedBeaconBlockHeaderBigint } = ssz.phase0;
  const header = (proposerIndex: number, mark: number) => {
    const message = {
      ...BeaconBlockHeader.defaultValue(),
      slot: slashedSlot,
      proposerIndex,
      bodyRoot: filled(mark),
    };
    const domain = config.getDomain(slashedSlot, DOMAIN_BEACON_PROPOSER);
    const signature = signer(world)(proposerIndex, computeSigningRoot(BeaconBlockHeader, message, domain));
    return SignedBeaconBlockHeaderBigint.fromJson(SignedBeaconBlockHeader.toJson({ message, signature }));
  };
  const signedHeader1 = header(54, 1);
  const held = () =>
    operations
      .all()
      .proposerSlashings.filter((slashing) => slashing.signedHeader1.message.proposerIndex === 54);
  return {
    submitPoolProposerSlashings: [
      { args: { proposerSlashing: { signedHeader1, signedHeader2: header(54, 2) } }, after: isThere(held) },
      { args: { proposerSlashing: { signedHeader1, signedHeader2: signedHeader1 } }, status: 400 },
    ],
  };
}

/** Two votes of one validator for one epoch. */
function voteRows(world: ApiWorld): Rows {
  const { config } = world.setup.network;
  const { operations } = world.stepped.node.pools;
  const vote = (validator: number, mark: number) => {
    const target = { epoch: 3, root: filled(mark) };
    const data = { ...ssz.phase0.AttestationData.defaultValue(), slot: slashedSlot, target };
    const signature = signer(world)(validator, attestationSigningRoot(config, data));
    const json = ssz.electra.IndexedAttestation.toJson({ attestingIndices: [validator], data, signature });
    return ssz.electra.IndexedAttestationBigint.fromJson(json);
  };
  const [one, other] = [vote(53, 1), vote(53, 2)];
  const held = () =>
    operations
      .all()
      .attesterSlashings.filter(({ attestation1 }) => attestation1.attestingIndices.includes(53));
  return {
    submitPoolAttesterSlashingsV2: [
      { args: { attesterSlashing: { attestation1: one, attestation2: other } }, after: isThere(held) },
      { args: { attesterSlashing: { attestation1: one, attestation2: one } }, status: 400 },
    ],
  };
}

function changeRows({ setup, stepped }: ApiWorld): Rows {
  const { config } = setup.network;
  const { operations } = stepped.node.pools;
  const message = {
    validatorIndex: blsValidator,
    fromBlsPubkey: withdrawalKey.pubkey,
    toExecutionAddress: new Uint8Array(20).fill(9),
  };
  const { GENESIS_FORK_VERSION, genesisValidatorsRoot } = config;
  const domain = computeDomain(DOMAIN_BLS_TO_EXECUTION_CHANGE, GENESIS_FORK_VERSION, genesisValidatorsRoot);
  const root = computeSigningRoot(ssz.capella.BLSToExecutionChange, message, domain);
  const change = { message, signature: withdrawalKey.secretKey.sign(root).toBytes() };
  const held = () =>
    operations
      .all()
      .blsToExecutionChanges.filter(({ message: { validatorIndex } }) => validatorIndex === blsValidator);
  return {
    submitPoolBLSToExecutionChange: [
      { args: { blsToExecutionChanges: [change] }, after: isThere(held) },
      { args: { blsToExecutionChanges: [{ message, signature: forged }] }, status: 400 },
    ],
  };
}

function filled(mark: number): Uint8Array {
  return new Uint8Array(32).fill(mark);
}
