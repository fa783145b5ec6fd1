import { z } from 'zod';
import type { Answer } from '../../base/answer.ts';
import type { BeaconApi } from '../beacon.ts';
import { doneDuties } from './beacon-duties-done.ts';
import { type Get, validatorCalls } from './beacon-validators.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

// Numbers are decimal strings in the Beacon API; 15 digits keep them within whole numbers.
const uint = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);
const root = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const forkVersion = z.string().regex(/^0x[0-9a-fA-F]{8}$/);

const genesis = z.object({
  data: z.object({ genesis_time: uint, genesis_validators_root: root, genesis_fork_version: forkVersion }),
});
const syncing = z.object({
  data: z.object({
    head_slot: uint,
    sync_distance: uint,
    is_syncing: z.boolean(),
    is_optimistic: z.boolean().default(false),
    el_offline: z.boolean().default(false),
  }),
});
const header = z.object({
  data: z.object({ root, header: z.object({ message: z.object({ slot: uint }) }) }),
});
const block = z.object({
  data: z.object({
    message: z.object({
      body: z.object({ execution_payload: z.object({ block_hash: root }).optional() }),
    }),
  }),
});
const finality = z.object({
  data: z.object({
    finalized: z.object({ epoch: uint }),
    current_justified: z.object({ epoch: uint }),
  }),
});
const peerCount = z.object({ data: z.object({ connected: uint }) });
const version = z.object({ data: z.object({ version: z.string().max(300) }) });
const liveness = z.object({ data: z.array(z.object({ index: uint, is_live: z.boolean() })) });

const maxBytes = 16 * 1024 * 1024;

export interface BeaconHttpOptions {
  /** The API's base URL, without /eth. */
  readonly url: string;
  readonly timeoutMs?: number;
}

/** Asks a consensus client by the standard Beacon API. Source of the routes: ethereum/beacon-APIs. */
export function createBeaconHttp({ url, timeoutMs = 2_000 }: BeaconHttpOptions): BeaconApi {
  const base = url.replace(/\/+$/, '');
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<Answer<T>> =>
    parseAnswer(await requestJson({ url: `${base}${path}`, timeoutMs, maxBytes }), schema);
  return {
    genesis: async () =>
      mapAnswer(await get('/eth/v1/beacon/genesis', genesis), ({ data }) => ({
        genesisTimeSeconds: data.genesis_time,
        genesisValidatorsRoot: data.genesis_validators_root.toLowerCase(),
        genesisForkVersion: data.genesis_fork_version.toLowerCase(),
      })),
    syncing: async () =>
      mapAnswer(await get('/eth/v1/node/syncing', syncing), ({ data }) => ({
        headSlot: data.head_slot,
        syncDistance: data.sync_distance,
        isSyncing: data.is_syncing,
        isOptimistic: data.is_optimistic,
        elOffline: data.el_offline,
      })),
    head: () => readHead(get),
    finality: async () =>
      mapAnswer(await get('/eth/v1/beacon/states/head/finality_checkpoints', finality), ({ data }) => ({
        finalizedEpoch: data.finalized.epoch,
        justifiedEpoch: data.current_justified.epoch,
      })),
    peerCount: async () =>
      mapAnswer(await get('/eth/v1/node/peer_count', peerCount), ({ data }) => data.connected),
    version: async () => mapAnswer(await get('/eth/v1/node/version', version), ({ data }) => data.version),
    ...validatorCalls({ base, timeoutMs }, get),
    ...doneDuties(get),
    liveness: async (epoch, indices) => {
      const request = { url: `${base}/eth/v1/validator/liveness/${epoch}`, timeoutMs, maxBytes };
      const body = indices.map(String);
      const answer = parseAnswer(await requestJson({ ...request, method: 'POST', body }), liveness);
      return mapAnswer(answer, ({ data }) => new Map(data.map((entry) => [entry.index, entry.is_live])));
    },
  };
}

/** Header first, then that very block by its root, so that slot and payload belong together. */
async function readHead(get: Get): ReturnType<BeaconApi['head']> {
  const answer = await get('/eth/v1/beacon/headers/head', header);
  if (!answer.known) return answer;
  const { root: headRoot, header: signed } = answer.value.data;
  const head = { slot: signed.message.slot, root: headRoot.toLowerCase() };
  if (head.slot === 0) return { known: true, value: head };
  return mapAnswer(await get(`/eth/v2/beacon/blocks/${headRoot}`, block), ({ data }) => {
    const hash = data.message.body.execution_payload?.block_hash;
    return hash === undefined ? head : { ...head, executionBlockHash: hash.toLowerCase() };
  });
}
