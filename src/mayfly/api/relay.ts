import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Submission } from '../submission.ts';
import type { ApiNode } from './api-node.ts';

/** What is spread over the network once it was taken here. Blocks go their own way. */
const relayed = new Set([
  '/eth/v2/beacon/pool/attestations',
  '/eth/v2/beacon/pool/attester_slashings',
  '/eth/v1/beacon/pool/proposer_slashings',
  '/eth/v1/beacon/pool/voluntary_exits',
  '/eth/v1/beacon/pool/bls_to_execution_changes',
  '/eth/v1/beacon/pool/sync_committees',
  '/eth/v2/validator/aggregate_and_proofs',
  '/eth/v1/validator/contribution_and_proofs',
]);

/** Requests of which a part was taken although the answer is 400. */
export const partlyTaken = new WeakSet<FastifyRequest>();

/** Hands submissions on after the answer; whether they arrive there is not the validator client's concern. */
export function registerRelay(server: FastifyInstance, node: ApiNode): void {
  server.addHook('onResponse', async (request, reply) => {
    if (request.method !== 'POST' || !relayed.has(request.routeOptions.url ?? '')) return;
    if (reply.statusCode !== 200 && !partlyTaken.has(request)) return;
    // As on gossip, nobody answers for delivery: the node that refuses it there says so in its own log.
    await node.relay(toSubmission(request)).catch(() => undefined);
  });
}

function toSubmission({ body, headers, routeOptions }: FastifyRequest): Submission {
  const version = headers['eth-consensus-version'];
  return {
    path: routeOptions.url ?? '',
    ...(body instanceof Uint8Array
      ? { body, contentType: 'application/octet-stream' as const }
      : { body: JSON.stringify(body), contentType: 'application/json' as const }),
    ...(typeof version === 'string' ? { version } : {}),
  };
}
