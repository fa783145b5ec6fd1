import { PublicKey } from '@chainsafe/blst';

/** Whether these bytes are a public key on the curve and in its group: a state with any other cannot be used. */
export function isOnCurve(pubkey: Uint8Array): boolean {
  try {
    return PublicKey.fromBytes(pubkey, true).toBytes().length === pubkey.length;
  } catch {
    return false;
  }
}
