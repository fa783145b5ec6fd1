import { z } from 'zod';
import type { Answer } from '../../base/answer.ts';
import type { BeaconNetworkApi, PeerInfo } from '../node-network.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

const word = z.string().max(600);
const peer = z.object({
  state: z.string().max(20),
  direction: z.string().max(20).nullish(),
  last_seen_p2p_address: word.nullish(),
  // Not in the standard; some clients say it.
  agent: word.nullish(),
  agent_version: word.nullish(),
  client: word.nullish(),
});
const peers = z.object({ data: z.array(peer).max(20_000) });
const identity = z.object({
  data: z.object({ enr: word.nullish(), p2p_addresses: z.array(word).max(100).default([]) }),
});

const uint = z
  .string()
  .regex(/^[0-9]{1,6}$/)
  .transform(Number)
  .pipe(z.number().min(1));
const spec = z.object({ data: z.object({ SECONDS_PER_SLOT: uint, SLOTS_PER_EPOCH: uint }) });

const maxBytes = 8 * 1024 * 1024;

/** Asks a consensus client for its peers and its own identity. Source of the routes: ethereum/beacon-APIs. */
export function createBeaconNetworkHttp(url: string, timeoutMs = 3_000): BeaconNetworkApi {
  const base = url.replace(/\/+$/, '');
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<Answer<T>> =>
    parseAnswer(await requestJson({ url: `${base}${path}`, timeoutMs, maxBytes }), schema);
  return {
    timing: async () =>
      mapAnswer(await get('/eth/v1/config/spec', spec), ({ data }) => ({
        slotSeconds: data.SECONDS_PER_SLOT,
        slotsPerEpoch: data.SLOTS_PER_EPOCH,
      })),
    peers: async () =>
      mapAnswer(await get('/eth/v1/node/peers?state=connected', peers), ({ data }) =>
        data.filter(({ state }) => state === 'connected').map(toPeer),
      ),
    identity: async () =>
      mapAnswer(await get('/eth/v1/node/identity', identity), ({ data }) => ({
        // Who has no network to be found in announces nothing.
        ...(data.enr == null || data.enr === '' ? {} : { enr: data.enr }),
        addresses: data.p2p_addresses,
      })),
  };
}

function toPeer(raw: z.output<typeof peer>): PeerInfo {
  const client = raw.agent ?? raw.agent_version ?? raw.client ?? undefined;
  const address = raw.last_seen_p2p_address ?? undefined;
  return {
    direction: raw.direction === 'inbound' || raw.direction === 'outbound' ? raw.direction : 'unknown',
    ...(client === undefined ? {} : { client }),
    ...(address === undefined ? {} : { address }),
  };
}
