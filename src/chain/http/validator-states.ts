import { z } from 'zod';
import type { Answer } from '../../base/answer.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

/** What the head state of a consensus client says of one validator. */
export interface ValidatorState {
  readonly index: number;
  /** Such as `active_ongoing`, `pending_queued`, `exited_unslashed`, `withdrawal_done`. */
  readonly status: string;
  readonly balanceGwei: number;
}

const uint = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);
const validators = z.object({
  data: z.array(
    z.object({
      index: uint,
      balance: uint,
      status: z.string().max(40),
      validator: z.object({ pubkey: z.string().regex(/^0x[0-9a-fA-F]{96}$/) }),
    }),
  ),
});

export interface ValidatorQuery {
  /** The API's base URL, without /eth. */
  readonly url: string;
  /** Public keys, `0x` and lower case. */
  readonly pubkeys: readonly string[];
  readonly timeoutMs?: number;
}

/** Validators of the head state, by public key; those that it does not have are left out. Source: ethereum/beacon-APIs. */
export async function readValidatorStates({
  url,
  pubkeys,
  timeoutMs = 10_000,
}: ValidatorQuery): Promise<Answer<ReadonlyMap<string, ValidatorState>>> {
  const answer = await requestJson({
    url: `${url.replace(/\/+$/, '')}/eth/v1/beacon/states/head/validators`,
    method: 'POST',
    body: { ids: pubkeys },
    timeoutMs,
    maxBytes: 64 << 20,
  });
  return mapAnswer(parseAnswer(answer, validators), ({ data }) => {
    const byKey = data.map(({ index, status, balance, validator }) => {
      return [validator.pubkey.toLowerCase(), { index, status, balanceGwei: balance }] as const;
    });
    return new Map(byKey);
  });
}
