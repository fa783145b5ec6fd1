import type { CredentialKind } from '../../core/keys/credential-kind.ts';
import type { KeyDerivation } from '../../core/keys/keystore.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { ExecutionAddress } from '../../core/keys/withdrawal-credentials.ts';

/** What a worker thread is given. Secrets are plain here: a message cannot carry a `Secret`, and never leaves the process. */
export type KeyJob = DeriveJob | SealJob | ProveJob | SignDepositJob | CheckDepositJob;

/** The keys of some validators of a seed. */
export interface DeriveJob {
  readonly kind: 'derive';
  readonly seed: Uint8Array;
  readonly indices: readonly number[];
}

export interface DerivedValidator {
  readonly index: number;
  readonly pubkey: PublicKey;
  readonly secretKey: Uint8Array;
  /** Of 0x00 credentials. */
  readonly withdrawalPubkey: PublicKey;
}

/** A keystore of a secret key. */
export interface SealJob {
  readonly kind: 'seal';
  readonly secretKey: Uint8Array;
  readonly pubkey: PublicKey;
  readonly path: string;
  readonly password: string;
  readonly derivation: KeyDerivation;
  readonly salt: Uint8Array;
  readonly iv: Uint8Array;
  readonly uuid: string;
}

/** Which of these passwords opens a keystore, and to what. */
export interface ProveJob {
  readonly kind: 'prove';
  readonly file: string;
  readonly keystore: string;
  readonly passwords: readonly string[];
}

export type Proof =
  | { readonly outcome: 'proven'; readonly password: string; readonly keys: readonly ProvenKey[] }
  | { readonly outcome: 'wrong-password' }
  /** What is wrong, in words. */
  | { readonly outcome: 'broken'; readonly problem: string };

export interface ProvenKey {
  readonly pubkey: PublicKey;
  readonly secretKey: Uint8Array;
}

/** Deposits of several keys that differ in nothing else. */
export interface SignDepositJob {
  readonly kind: 'sign-deposit';
  readonly signers: readonly { readonly secretKey: Uint8Array; readonly withdrawalPubkey?: PublicKey }[];
  readonly terms: DepositTerms;
}

export interface DepositTerms {
  readonly credentials: CredentialKind;
  /** For 0x01 and 0x02. */
  readonly address?: ExecutionAddress;
  readonly amountGwei: number;
  /** 4 bytes. */
  readonly genesisForkVersion: Uint8Array;
}

export interface SignedDeposit {
  readonly pubkey: Uint8Array;
  readonly withdrawalCredentials: Uint8Array;
  readonly amountGwei: number;
  readonly signature: Uint8Array;
}

export interface CheckDepositJob {
  readonly kind: 'check-deposit';
  readonly deposits: readonly (SignedDeposit & { readonly genesisForkVersion: Uint8Array })[];
}

interface Answers {
  readonly derive: readonly DerivedValidator[];
  /** The file's content. */
  readonly seal: string;
  readonly prove: Proof;
  readonly 'sign-deposit': readonly SignedDeposit[];
  /** One a deposit: its signature is right. */
  readonly 'check-deposit': readonly boolean[];
}

export type AnswerTo<J extends KeyJob> = Answers[J['kind']];
