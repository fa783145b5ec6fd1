import type { Decrypter, Encrypter } from 'age-encryption';
import { EphemeryError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { backupErrors } from './errors.ts';

/** What a backup is locked with: for recipients, whose identities lie elsewhere, or with a passphrase. */
export type BackupLock =
  | { readonly kind: 'recipients'; readonly recipients: readonly string[] }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret };

/** What opens a backup: the text of an identity file (lines of AGE-SECRET-KEY-1…), or its passphrase. */
export type BackupKey =
  | { readonly kind: 'identities'; readonly identities: Secret }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret };

/** Throws EPH-BACKUP-RECIPIENT, EPH-BACKUP-LOCK-MISSING. Format: age-encryption.org/v1. */
export async function encrypterFor(lock: BackupLock): Promise<Encrypter> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if (lock.kind === 'passphrase') {
    encrypter.setPassphrase(lock.passphrase.reveal());
    return encrypter;
  }
  if (lock.recipients.length === 0) throw backupErrors.create('EPH-BACKUP-LOCK-MISSING', {});
  for (const recipient of lock.recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      // Who gives the identity in its place is not to read it in a log; the library's own words quote it.
      const told = recipient.startsWith('age1') ? recipient.slice(0, 100) : 'what was given';
      throw backupErrors.create('EPH-BACKUP-RECIPIENT', { recipient: told });
    }
  }
  return encrypter;
}

/** Throws EPH-BACKUP-NOT-OPENED when the identities are none. */
export async function decrypterFor(key: BackupKey, backup: string): Promise<Decrypter> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  if (key.kind === 'passphrase') {
    decrypter.addPassphrase(key.passphrase.reveal());
    return decrypter;
  }
  const lines = key.identities
    .reveal()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
  } catch {
    // The library's own words could quote the identity.
    throw backupErrors.create('EPH-BACKUP-NOT-OPENED', { backup });
  }
  if (identities.length === 0) throw backupErrors.create('EPH-BACKUP-NOT-OPENED', { backup });
  return decrypter;
}

/** A new identity and its recipient. The identity is what opens every backup that is made for the recipient. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Whatever the decryption says, as one of our errors. */
export function notOpened(thrown: unknown, backup: string): unknown {
  return thrown instanceof EphemeryError
    ? thrown
    : backupErrors.create('EPH-BACKUP-NOT-OPENED', { backup }, thrown);
}
