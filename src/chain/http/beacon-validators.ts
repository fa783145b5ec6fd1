import { z } from 'zod';
import { type Answer, known } from '../../base/answer.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import type { BeaconApi, EpochDuties, ValidatorState } from '../beacon.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

export type Get = <T>(path: string, schema: z.ZodType<T>) => Promise<Answer<T>>;

const uint = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);
const spec = z.object({ data: z.object({ SECONDS_PER_SLOT: uint, SLOTS_PER_EPOCH: uint }) });
const validators = z.object({
  data: z.array(
    z.object({
      index: uint,
      status: z.string().max(60),
      validator: z.object({
        pubkey: z.string(),
        slashed: z.boolean(),
        activation_epoch: z.string().max(20).optional(),
      }),
    }),
  ),
});
const proposerList = z.object({
  dependent_root: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .optional()
    .catch(undefined),
  data: z.array(z.object({ validator_index: uint, slot: uint })),
});
const dutyList = z.object({ data: z.array(z.object({ validator_index: uint, slot: uint })) });

const maxBytes = 16 * 1024 * 1024;
const keysARequest = 1_000;
/** An address with so many keys is short enough for every server. */
const keysAnAddress = 30;

interface Connection {
  readonly base: string;
  readonly timeoutMs: number;
}

/** Questions about validators. Source of the routes: ethereum/beacon-APIs. */
export function validatorCalls(
  connection: Connection,
  get: Get,
): Pick<BeaconApi, 'timing' | 'validators' | 'duties'> {
  return {
    timing: async () =>
      mapAnswer(await get('/eth/v1/config/spec', spec), ({ data }) => ({
        secondsPerSlot: data.SECONDS_PER_SLOT,
        slotsPerEpoch: data.SLOTS_PER_EPOCH,
      })),
    validators: async (keys) => {
      const found = new Map<PublicKey, ValidatorState>();
      for (let from = 0; from < keys.length; from += keysARequest) {
        const answer = await someValidators(connection, get, keys.slice(from, from + keysARequest));
        if (!answer.known) return answer;
        for (const { index, status, validator } of answer.value) {
          const key = readPublicKey(validator.pubkey);
          if (key === undefined) continue;
          const activationEpoch = epochOf(validator.activation_epoch);
          const state = { index, status, slashed: validator.slashed };
          found.set(key, activationEpoch === undefined ? state : { ...state, activationEpoch });
        }
      }
      return known(found);
    },
    duties: (epoch, indices, held) => dutiesOf({ connection, get }, { epoch, indices, held }),
  };
}

/**
 * Proposers depend on the last block of the epoch before (from Fulu on, of the one before that), attesters on one that is
 * the same or an ancestor of it: where the proposers' is the same, the attesters' is too.
 */
async function dutiesOf(
  { connection, get }: { readonly connection: Connection; readonly get: Get },
  {
    epoch,
    indices,
    held,
  }: {
    readonly epoch: number;
    readonly indices: readonly number[];
    readonly held: EpochDuties | undefined;
  },
): Promise<Answer<EpochDuties>> {
  const path = `/eth/v1/validator/duties`;
  const proposers = await get(`${path}/proposer/${epoch}`, proposerList);
  if (!proposers.known) return proposers;
  const dependentRoot = proposers.value.dependent_root?.toLowerCase();
  const answer = {
    proposers: grouped(proposers.value.data),
    ...(dependentRoot === undefined ? {} : { dependentRoot }),
  };
  if (held !== undefined && dependentRoot !== undefined && held.dependentRoot === dependentRoot)
    return known({ ...answer, attesters: held.attesters });
  const attesters = parseAnswer(
    await post(connection, `${path}/attester/${epoch}`, indices.map(String)),
    dutyList,
  );
  return mapAnswer(attesters, ({ data }) => ({
    ...answer,
    attesters: new Map(data.map((duty) => [duty.validator_index, duty.slot])),
  }));
}

/** 2^64 - 1 stands for "not decided". */
function epochOf(text: string | undefined): number | undefined {
  const parsed = uint.safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

type Found = z.infer<typeof validators>['data'];

/** By POST, which takes any number of keys; a server that does not know it is asked by address. */
async function someValidators(
  connection: Connection,
  get: Get,
  keys: readonly PublicKey[],
): Promise<Answer<Found>> {
  const path = '/eth/v1/beacon/states/head/validators';
  const posted = parseAnswer(await post(connection, path, { ids: keys }), validators);
  if (posted.known) return known(posted.value.data);
  const found: Found = [];
  for (let from = 0; from < keys.length; from += keysAnAddress) {
    const ids = keys.slice(from, from + keysAnAddress).join(',');
    const answer = await get(`${path}?id=${ids}`, validators);
    if (!answer.known) return answer;
    found.push(...answer.value.data);
  }
  return known(found);
}

function post({ base, timeoutMs }: Connection, path: string, body: unknown): Promise<Answer<unknown>> {
  return requestJson({ url: `${base}${path}`, method: 'POST', body, timeoutMs, maxBytes });
}

function grouped(
  duties: readonly { validator_index: number; slot: number }[],
): Map<number, readonly number[]> {
  const slots = new Map<number, readonly number[]>();
  for (const { validator_index: index, slot } of duties)
    slots.set(index, [...(slots.get(index) ?? []), slot]);
  return slots;
}
