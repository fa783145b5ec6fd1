import { readFileSync } from 'node:fs';
import { createBeaconConfig, createChainForkConfig } from '@lodestar/config';
import {
  DOMAIN_BLS_TO_EXECUTION_CHANGE,
  DOMAIN_DEPOSIT,
  DOMAIN_VOLUNTARY_EXIT,
  ForkName,
} from '@lodestar/params';
import { computeSigningRoot, ZERO_HASH } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { depositMessageRoot } from '../core/keys/deposit.ts';
import { depositDataEntry, readDepositData } from '../core/keys/deposit-data.ts';
import { publicKeyOf, readPublicKey } from '../core/keys/public-key.ts';
import {
  blsChangeDomain,
  blsChangeRoot,
  exitDomain,
  signedBlsChangeJson,
  signedExitJson,
  voluntaryExitRoot,
} from '../core/keys/signed-messages.ts';
import { depositDomain, signingRoot } from '../core/keys/signing-domain.ts';
import { isSignedBy, publicKeyFor, signRoot } from './bls.ts';

const { deposits, blsToExecutionChanges } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/keys/deposit-tool.json', import.meta.url), 'utf8'),
) as {
  deposits: readonly Readonly<Record<string, string | number>>[];
  blsToExecutionChanges: readonly {
    message: { validator_index: string; from_bls_pubkey: string; to_execution_address: string };
    signature: string;
    metadata: { genesis_validators_root: string };
  }[];
};
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
const secretKey = bytes('25295f0d1d592a90b333e26e85149708208e9f8e8bc18f6c77bd62f8ad7a6866');
const pubkey = publicKeyFor(secretKey) ?? '0x';

describe('deposits of the public deposit tool', () => {
  const read = readDepositData('deposit_data.json', JSON.stringify(deposits));

  it('have the roots and the signature that they should', () => {
    expect(read).toHaveLength(2);
    for (const { message, signature, genesisForkVersion, problems } of read) {
      expect(problems).toEqual([]);
      const root = signingRoot(depositMessageRoot(message), depositDomain(genesisForkVersion));
      expect(isSignedBy(message.pubkey, root, signature)).toBe(true);
    }
  });

  it('are what we write of the same deposit', () => {
    for (const [index, { message, signature, genesisForkVersion }] of read.entries()) {
      const { deposit_cli_version: _, ...entry } = depositDataEntry(message, signature, {
        name: 'hoodi',
        genesisForkVersion,
      });
      expect(deposits[index]).toMatchObject(entry);
    }
  });

  it('are found to be changed', () => {
    const [changed] = readDepositData('f', JSON.stringify([{ ...deposits[0], amount: 31_000_000_000 }]));
    expect(changed?.problems).toEqual([
      'deposit_message_root is not that of the deposit',
      'deposit_data_root is not that of the deposit',
    ]);
  });

  it.each(['{', '{}', '[1]', '[{"pubkey":"00"}]', JSON.stringify([{ ...deposits[0], amount: '1' }])])(
    'are not %s',
    (text) => {
      expect(() => readDepositData('f', text)).toThrow(
        expect.objectContaining({ code: 'EPH-KEYS-DEPOSIT-FILE' }),
      );
    },
  );
});

it('agrees with a change of credentials of the public deposit tool', () => {
  const [change] = blsToExecutionChanges;
  if (change === undefined) throw new Error('the fixture has one');
  const { validator_index, from_bls_pubkey, to_execution_address } = change.message;
  const message = {
    validatorIndex: Number(validator_index),
    fromPubkey: readPublicKey(from_bls_pubkey) ?? ('0x' as const),
    toAddress: to_execution_address as `0x${string}`,
  };
  const holesky = {
    genesisForkVersion: bytes('01017000'),
    capellaForkVersion: bytes('04017000'),
    genesisValidatorsRoot: bytes(change.metadata.genesis_validators_root),
  };
  const root = signingRoot(blsChangeRoot(message), blsChangeDomain(holesky));
  expect(isSignedBy(bytes(from_bls_pubkey), root, bytes(change.signature))).toBe(true);
  expect(signedBlsChangeJson(message, bytes(change.signature))).toEqual({
    message: change.message,
    signature: change.signature,
  });
});

describe('what a consensus library signs', () => {
  const network = {
    genesisForkVersion: bytes('1000101b'),
    capellaForkVersion: bytes('4000101b'),
    genesisValidatorsRoot: new Uint8Array(32).fill(0x5a),
  };
  const config = createBeaconConfig(
    createChainForkConfig({
      GENESIS_FORK_VERSION: network.genesisForkVersion,
      ALTAIR_FORK_EPOCH: 0,
      BELLATRIX_FORK_EPOCH: 0,
      CAPELLA_FORK_EPOCH: 0,
      CAPELLA_FORK_VERSION: network.capellaForkVersion,
      DENEB_FORK_EPOCH: 0,
      DENEB_FORK_VERSION: bytes('5000101b'),
    }),
    network.genesisValidatorsRoot,
  );

  it('is our exit, in the domain of Capella whatever the fork', () => {
    const exit = { epoch: 12, validatorIndex: 345 };
    const domain = config.getDomainForVoluntaryExit(10_000, 10_000);
    expect(config.getForkName(10_000)).not.toBe(ForkName.capella);
    expect(domain).toEqual(config.getDomainAtFork(ForkName.capella, DOMAIN_VOLUNTARY_EXIT));
    const theirs = computeSigningRoot(ssz.phase0.VoluntaryExit, exit, domain);
    expect(signingRoot(voluntaryExitRoot(exit), exitDomain(network))).toEqual(new Uint8Array(theirs));
    expect(signedExitJson(exit, new Uint8Array(96))).toEqual(
      ssz.phase0.SignedVoluntaryExit.toJson({ message: exit, signature: new Uint8Array(96) }),
    );
  });

  it('is our change of credentials', () => {
    const message = {
      validatorIndex: 9,
      fromBlsPubkey: bytes(pubkey),
      toExecutionAddress: new Uint8Array(20).fill(0xab),
    };
    const domain = config.getDomainAtFork(ForkName.phase0, DOMAIN_BLS_TO_EXECUTION_CHANGE);
    const theirs = computeSigningRoot(ssz.capella.BLSToExecutionChange, message, domain);
    const ours = { validatorIndex: 9, fromPubkey: pubkey, toAddress: `0x${'ab'.repeat(20)}` } as const;
    expect(signingRoot(blsChangeRoot(ours), blsChangeDomain(network))).toEqual(new Uint8Array(theirs));
  });

  it('is our deposit', () => {
    const message = {
      pubkey: bytes(pubkey),
      withdrawalCredentials: new Uint8Array(32).fill(1),
      amountGwei: 2_048_000_000_000,
    };
    const { amountGwei: amount, ...rest } = message;
    const theirs = ssz.phase0.DepositMessage.hashTreeRoot({ ...rest, amount });
    expect(depositMessageRoot(message)).toEqual(new Uint8Array(theirs));
    const domain = createBeaconConfig(config, ZERO_HASH).getDomainAtFork(ForkName.phase0, DOMAIN_DEPOSIT);
    const root = signingRoot(depositMessageRoot(message), depositDomain(network.genesisForkVersion));
    expect(root).toEqual(
      new Uint8Array(computeSigningRoot(ssz.phase0.DepositMessage, { ...rest, amount }, domain)),
    );
    const signature = signRoot(secretKey, root);
    expect(isSignedBy(message.pubkey, root, signature)).toBe(true);
    expect(isSignedBy(message.pubkey, new Uint8Array(32), signature)).toBe(false);
    expect(isSignedBy(bytes(publicKeyOf(new Uint8Array(48).fill(0x88))), root, signature)).toBe(false);
  });
});
