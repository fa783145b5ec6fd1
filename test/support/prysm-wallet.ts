import { Secret } from '../../src/base/secret.ts';
import { sealKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { publicKeyBytes } from '../../src/core/keys/public-key.ts';

/** Where Prysm has it in its data directory. */
export const walletFile = 'wallet/direct/accounts/all-accounts.keystore.json';

/** A wallet as Prysm makes it, with a derivation that is quick. */
export async function wallet(keys: readonly string[], password: string): Promise<string> {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const accounts = {
    private_keys: keys.map(() => base64(new Uint8Array(32).fill(1))),
    public_keys: keys.map((key) => base64(publicKeyBytes(key as `0x${string}`))),
  };
  const sealed = await sealKeystore(
    {
      secretKey: new Secret(Buffer.from(JSON.stringify(accounts))),
      pubkey: '0x',
      path: '',
      derivation: { function: 'pbkdf2', iterations: 2 },
      salt: new Uint8Array(32).fill(7),
      iv: new Uint8Array(16).fill(7),
      uuid: '',
    },
    new Secret(password),
  );
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const params = { dklen: 32, c: 2, prf: 'hmac-sha256', salt: hex(sealed.salt) };
  return JSON.stringify({
    crypto: {
      kdf: { function: 'pbkdf2', params, message: '' },
      checksum: { function: 'sha256', params: {}, message: hex(sealed.checksum) },
      cipher: { function: 'aes-128-ctr', params: { iv: hex(sealed.iv) }, message: hex(sealed.cipherText) },
    },
    version: 4,
  });
}
