import { Secret } from '../../base/secret.ts';
import { type DepositMessage, depositMessageRoot } from '../../core/keys/deposit.ts';
import { keystoreText } from '../../core/keys/keystore.ts';
import { deriveKeySync, sealWith } from '../../core/keys/keystore-cipher.ts';
import { type PublicKey, publicKeyBytes } from '../../core/keys/public-key.ts';
import { depositDomain, signingRoot } from '../../core/keys/signing-domain.ts';
import { addressCredentials, blsCredentials } from '../../core/keys/withdrawal-credentials.ts';
import { isSignedBy, publicKeyFor, signRoot } from '../bls.ts';
import { validatorSecrets } from '../key-tree.ts';
import type {
  AnswerTo,
  CheckDepositJob,
  DepositTerms,
  DerivedValidator,
  DeriveJob,
  KeyJob,
  SealJob,
  SignDepositJob,
  SignedDeposit,
} from './job.ts';
import { prove } from './prove.ts';

/** Does a job on this thread. */
export function doJob<J extends KeyJob>(job: J): AnswerTo<J>;
export function doJob(job: KeyJob): AnswerTo<KeyJob> {
  switch (job.kind) {
    case 'derive':
      return derive(job);
    case 'seal':
      return seal(job);
    case 'prove':
      return prove(job);
    case 'sign-deposit':
      return signDeposits(job);
    case 'check-deposit':
      return checkDeposits(job);
  }
}

function derive({ seed, indices }: DeriveJob): DerivedValidator[] {
  return validatorSecrets(seed, indices).map(({ index, signing, withdrawal }) => ({
    index,
    secretKey: signing,
    pubkey: derivedKey(signing),
    withdrawalPubkey: derivedKey(withdrawal),
  }));
}

function seal({ secretKey, password, ...draft }: SealJob): string {
  const derived = deriveKeySync(new Secret(password), { ...draft, derivedLength: 32 });
  return keystoreText(sealWith({ ...draft, secretKey: new Secret(secretKey) }, derived));
}

function signDeposits({ signers, terms }: SignDepositJob): SignedDeposit[] {
  const domain = depositDomain(terms.genesisForkVersion);
  return signers.map(({ secretKey, withdrawalPubkey }) => {
    const message: DepositMessage = {
      pubkey: publicKeyBytes(derivedKey(secretKey)),
      withdrawalCredentials: credentialsOf(terms, withdrawalPubkey),
      amountGwei: terms.amountGwei,
    };
    return { ...message, signature: signRoot(secretKey, signingRoot(depositMessageRoot(message), domain)) };
  });
}

function credentialsOf(
  { credentials, address }: DepositTerms,
  withdrawalPubkey: PublicKey | undefined,
): Uint8Array {
  if (credentials === '0x00' && withdrawalPubkey !== undefined)
    return blsCredentials(publicKeyBytes(withdrawalPubkey));
  if (credentials !== '0x00' && address !== undefined) return addressCredentials(credentials, address);
  throw new Error(`nothing to make ${credentials} credentials of`);
}

function checkDeposits({ deposits }: CheckDepositJob): boolean[] {
  return deposits.map(({ genesisForkVersion, signature, ...message }) => {
    const root = signingRoot(depositMessageRoot(message), depositDomain(genesisForkVersion));
    return isSignedBy(message.pubkey, root, signature);
  });
}

function derivedKey(secretKey: Uint8Array): PublicKey {
  const pubkey = publicKeyFor(secretKey);
  if (pubkey === undefined) throw new Error('a derived key is no secret key');
  return pubkey;
}
