import { ApiError } from '@lodestar/api/server';
import type { FastifyInstance } from 'fastify';
import { isUint64 } from './uint64.ts';

/** Operations whose body is a list of validator indices. */
const indexLists = new Set([
  '/eth/v1/validator/duties/attester/:epoch',
  '/eth/v1/validator/duties/sync/:epoch',
  '/eth/v1/validator/liveness/:epoch',
]);

const roots = ['attestation_data_root', 'beacon_block_root', 'parent_root', 'versioned_hashes'];
const integers = [
  'epoch',
  'slot',
  'index',
  'indices',
  'committee_index',
  'subcommittee_index',
  'builder_boost_factor',
];
const peerStates = ['disconnected', 'connecting', 'connected', 'disconnecting'];
const peerDirections = ['inbound', 'outbound'];

/**
 * Refuses with 400 what the library lets through or stumbles over: it reads 1.5 as 1, -1 as an index and 0x1f as 31, and
 * a root that is no root becomes an error of ours.
 */
export function refuseMisshapen(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ body, params, query, routeOptions }) => {
    const url = routeOptions.url ?? '';
    if (indexLists.has(url) && Array.isArray(body)) demandAll(body, isIndex, 'validator index');
    const asked = query as Readonly<Record<string, unknown>>;
    const inPath = params as Readonly<Record<string, unknown>>;
    for (const name of integers) demandAll(valuesOf(inPath[name] ?? asked[name]), isInteger, name);
    for (const name of roots) demandAll(valuesOf(asked[name]), isRoot, name);
    if (url !== '/eth/v1/node/peers') return;
    demandAll(valuesOf(asked.state), (value) => peerStates.includes(`${value}`), 'peer state');
    demandAll(valuesOf(asked.direction), (value) => peerDirections.includes(`${value}`), 'peer direction');
  });
}

function demandAll(values: readonly unknown[], isRight: (value: unknown) => boolean, what: string): void {
  const wrong = values.find((value) => !isRight(value));
  if (wrong !== undefined) throw new ApiError(400, `Invalid ${what}: ${JSON.stringify(wrong).slice(0, 100)}`);
}

function isInteger(value: unknown): boolean {
  return isUint64(`${value}`);
}

function isIndex(value: unknown): boolean {
  return typeof value === 'string'
    ? /^\d{1,16}$/.test(value)
    : Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRoot(value: unknown): boolean {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value);
}

function valuesOf(asked: unknown): readonly unknown[] {
  if (asked === undefined) return [];
  return Array.isArray(asked) ? asked : [asked];
}
