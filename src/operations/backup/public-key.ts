import type { ProveKeysOptions } from '../../backup/prove-keys.ts';
import { keyErrors } from '../../core/keys/errors.ts';

/** The public key of what a keystore holds. Throws EPH-KEYS-KEYSTORE-INVALID when that is no secret key. */
export const publicKeyOf: ProveKeysOptions['publicKeyOf'] = async (secretKey) => {
  const { publicKeyFor } = await import('../../keys/bls.ts');
  const key = publicKeyFor(secretKey.reveal());
  if (key !== undefined) return key;
  const problem = 'what it holds is no secret key';
  throw keyErrors.create('EPH-KEYS-KEYSTORE-INVALID', { file: 'the keystore', problem });
};
