import {
  fastAggregateVerify,
  type PublicKey,
  Signature,
  verifyMultipleAggregateSignatures,
} from '@chainsafe/blst';
import type { ChainState } from '../../types.ts';

/** Somebody's signature over a root. */
export interface Signed {
  readonly pubkey: PublicKey;
  readonly signingRoot: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether all of these keys together signed; a key counts as often as it is named. Malformed bytes are no signature. */
export function isSigned(pubkeys: PublicKey[], signingRoot: Uint8Array, signature: Uint8Array): boolean {
  const parsed = parse(signature);
  return parsed !== undefined && pubkeys.length > 0 && fastAggregateVerify(signingRoot, pubkeys, parsed);
}

/** Which of many are good. They are checked at once, and one by one only when that fails. */
export function areSigned(sets: readonly Signed[]): boolean[] {
  const parsed = sets.map(({ pubkey, signingRoot, signature }) => ({
    pk: pubkey,
    msg: signingRoot,
    sig: parse(signature),
  }));
  const whole = parsed.flatMap(({ sig, ...rest }) => (sig === undefined ? [] : [{ ...rest, sig }]));
  if (whole.length === sets.length && sets.length > 1 && verifyMultipleAggregateSignatures(whole)) {
    return sets.map(() => true);
  }
  return parsed.map(({ pk, msg, sig }) => sig !== undefined && fastAggregateVerify(msg, [pk], sig));
}

/** @throws Refusal for an index that no validator has */
export function pubkeyOf(state: ChainState, index: number): PublicKey {
  const pubkey = index < state.validators.length ? state.epochCtx.getPubkey(index) : undefined;
  if (pubkey === undefined) throw new Refusal(`validator ${index} is not known`);
  return pubkey;
}

/** Why something that was submitted is not taken; told to whoever submitted it. */
class Refusal extends Error {}

/** @throws Refusal */
export function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Refusal(reason);
}

function parse(signature: Uint8Array): Signature | undefined {
  try {
    return Signature.fromBytes(signature, true);
  } catch {
    return undefined;
  }
}
