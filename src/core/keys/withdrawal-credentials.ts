import { createHash } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { type CredentialKind, credentialKinds } from './credential-kind.ts';
import { keyErrors } from './errors.ts';

/** 20 bytes as hex with 0x, in the case that it was given. */
export type ExecutionAddress = `0x${string}`;

/** `0x00` credentials of a withdrawal key. Source: consensus-specs, phase0/validator.md. */
export function blsCredentials(withdrawalPubkey: Uint8Array): Uint8Array {
  const credentials = new Uint8Array(createHash('sha256').update(withdrawalPubkey).digest());
  credentials[0] = 0x00;
  return credentials;
}

/** `0x01` or `0x02` credentials. */
export function addressCredentials(
  kind: Exclude<CredentialKind, '0x00'>,
  address: ExecutionAddress,
): Uint8Array {
  const credentials = new Uint8Array(32);
  credentials[0] = kind === '0x01' ? 0x01 : 0x02;
  credentials.set(Buffer.from(address.slice(2), 'hex'), 12);
  return credentials;
}

/**
 * An address, which must be right: withdrawals to it cannot be taken back. One in mixed case carries a checksum,
 * which is held against it (EIP-55). Throws EPH-KEYS-ADDRESS.
 */
export function readAddress(text: string): ExecutionAddress {
  const given = text.trim();
  const refuse = (problem: string) =>
    keyErrors.create('EPH-KEYS-ADDRESS', { given: given.slice(0, 60), problem });
  if (!/^0x[0-9a-fA-F]{40}$/.test(given)) throw refuse('is not 0x and 40 hex digits');
  const digits = given.slice(2);
  const isMixed = /[a-f]/.test(digits) && /[A-F]/.test(digits);
  if (isMixed && digits !== checksummed(digits)) throw refuse('does not fit its own checksum (EIP-55)');
  if (/^0x0{40}$/.test(given)) throw refuse('is the zero address, which nobody owns');
  return `0x${digits}`;
}

function checksummed(digits: string): string {
  const lower = digits.toLowerCase();
  const hash = Buffer.from(keccak_256(new TextEncoder().encode(lower))).toString('hex');
  return [...lower]
    .map((digit, index) => (Number.parseInt(hash[index] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit))
    .join('');
}

/** The kind of these credentials; undefined for one that no deposit may have. */
export function kindOfCredentials(credentials: Uint8Array): CredentialKind | undefined {
  return credentialKinds[credentials[0] ?? credentialKinds.length];
}
