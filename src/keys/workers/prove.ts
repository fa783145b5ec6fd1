import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { deriveKeySync, openWith } from '../../core/keys/keystore-cipher.ts';
import { parseKeystore } from '../../core/keys/parse-keystore.ts';
import { isPrysmWallet } from '../../core/keys/prysm-wallet.ts';
import { publicKeyFor } from '../bls.ts';
import type { Proof, ProveJob } from './job.ts';
import { openPrysmWallet } from './prysm-wallet.ts';

/**
 * Opens a keystore with the first password that fits, and holds the secret key against the public one that the file
 * claims: a keystore that opens to another key would sign for nobody.
 */
export function prove({ file, keystore: text, passwords }: ProveJob): Proof {
  try {
    if (isPrysmWallet(text)) return openPrysmWallet(file, text, passwords);
    const keystore = parseKeystore(file, text);
    for (const password of passwords) {
      const secretKey = opened(() => openWith(file, keystore, deriveKeySync(new Secret(password), keystore)));
      if (secretKey === undefined) continue;
      const pubkey = publicKeyFor(secretKey);
      if (pubkey === undefined) return broken('what it holds is no secret key');
      if (keystore.pubkey !== undefined && keystore.pubkey !== pubkey)
        return broken('its secret key belongs to another public key than it says');
      return { outcome: 'proven', password, keys: [{ pubkey, secretKey }] };
    }
    return { outcome: 'wrong-password' };
  } catch (thrown) {
    return broken(isEphemeryError(thrown) ? String(thrown.facts.problem) : messageOf(thrown));
  }
}

function opened(open: () => Secret<Uint8Array>): Uint8Array | undefined {
  try {
    return open().reveal();
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-KEYS-PASSWORD-WRONG')) return undefined;
    throw thrown;
  }
}

function broken(problem: string): Proof {
  return { outcome: 'broken', problem };
}
