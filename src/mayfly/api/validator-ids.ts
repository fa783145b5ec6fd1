import { ApiError } from '@lodestar/api/server';
import { fromHex } from '@lodestar/utils';
import type { ChainState } from '../types.ts';
import { isUint64 } from './uint64.ts';

/** What a request may name a validator by: its index, or its public key in hex. */
export type ValidatorId = string | number;

/** No request needs more; the standard answers 414 beyond a limit of the node's own. */
const maxIds = 1_000_000;

/**
 * The indices that these ids stand for, each once; those that the state does not know are left out.
 * @throws ApiError 400 for what is neither an index nor a public key, 414 for too many
 */
export function indicesOf(state: ChainState, ids: readonly ValidatorId[]): number[] {
  if (ids.length > maxIds) throw new ApiError(414, 'Too many validator IDs in request');
  const found = ids.map((id) => indexOf(state, id)).filter((index) => index !== undefined);
  return [...new Set(found)];
}

/** @throws ApiError 400 for what is neither an index nor a public key */
export function indexOf(state: ChainState, id: ValidatorId): number | undefined {
  const text = String(id);
  const index = isUint64(text) ? Number(text) : indexOfPubkey(state, text);
  return index !== null && index < state.validators.length ? index : undefined;
}

function indexOfPubkey(state: ChainState, text: string): number | null {
  if (!/^0x[0-9a-fA-F]{96}$/.test(text)) throw new ApiError(400, `Invalid validator id: ${text}`);
  return state.epochCtx.getValidatorIndex(fromHex(text));
}

/** All validators when none is named: an empty list is no filter. */
export function selectIndices(state: ChainState, ids: readonly ValidatorId[] | undefined): number[] {
  if (ids !== undefined && ids.length > 0) return indicesOf(state, ids);
  return Array.from({ length: state.validators.length }, (_, index) => index);
}
