import { isEphemeryError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { deriveKeySync, openWith } from '../../core/keys/keystore-cipher.ts';
import { parseSealedText, type SealedText } from '../../core/keys/parse-keystore.ts';
import { prysmAccounts } from '../../core/keys/prysm-wallet.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { publicKeyFor } from '../bls.ts';
import type { Proof, ProvenKey } from './job.ts';

/** Every key of the wallet, each held against the public key that stands beside it. */
export function openPrysmWallet(file: string, text: string, passwords: readonly string[]): Proof {
  const sealed = parseSealedText(file, text);
  for (const password of passwords) {
    const content = openedWith({ file, sealed, password });
    if (content === undefined) continue;
    const keys = keysIn(content);
    return typeof keys === 'string'
      ? { outcome: 'broken', problem: keys }
      : { outcome: 'proven', password, keys };
  }
  return { outcome: 'wrong-password' };
}

function openedWith({ file, sealed, password }: { file: string; sealed: SealedText; password: string }) {
  try {
    return openWith(file, sealed, deriveKeySync(new Secret(password), sealed)).reveal();
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-KEYS-PASSWORD-WRONG')) return undefined;
    throw thrown;
  }
}

function keysIn(content: Uint8Array): readonly ProvenKey[] | string {
  const accounts = prysmAccounts(content);
  if (accounts === undefined) return 'what it holds is no list of keys';
  const { publicKeys } = accounts;
  const privateKeys = accounts.privateKeys.reveal();
  if (publicKeys.length !== privateKeys.length) return 'it has not as many secret keys as public ones';
  const keys: ProvenKey[] = [];
  for (const [index, encoded] of privateKeys.entries()) {
    const secretKey = new Uint8Array(Buffer.from(encoded, 'base64'));
    const pubkey = publicKeyFor(secretKey);
    if (pubkey === undefined || pubkey !== publicKeyOf(Buffer.from(publicKeys[index] ?? '', 'base64')))
      return `secret key ${index + 1} of it does not belong to its public key`;
    keys.push({ pubkey, secretKey });
  }
  return keys;
}
