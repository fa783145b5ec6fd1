import { registerRoutes } from '@lodestar/api/beacon/server';
import { type ApiError, addSszContentTypeParser } from '@lodestar/api/server';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { parse as parseQuery } from 'qs';
import { mayflyErrors } from '../errors.ts';
import { apiMethods, servedNamespaces } from './api-methods.ts';
import type { ApiNode } from './api-node.ts';
import { registerEventStream, type StreamDisturbance } from './event-stream.ts';
import { IndexedError } from './indexed-error.ts';
import { partlyTaken, registerRelay } from './relay.ts';
import { refuseMisshapen } from './request-shape.ts';

/** Lists by comma or by repeating. The library's own limit of 20 would make a longer one no list. */
const queryOptions = { comma: true, parseArrays: false, arrayLimit: 10_000 } as const;

/** A block with the largest payload is about 12 MB, and twice that as JSON. */
const bodyLimit = 32 * 1024 * 1024;

export interface ApiServerOptions {
  readonly node: ApiNode;
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Hooks and routes of ours, put in before the standard routes. */
  readonly extend?: (server: FastifyInstance) => void;
  readonly disturbStream?: StreamDisturbance;
}

export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the standard Beacon API of a node. @throws EPH-MAYFLY-PORT */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { node, address, port, extend, disturbStream } = options;
  const server = createServer();
  extend?.(server);
  refuseMisshapen(server);
  registerRoutes(server, node.chain.config, apiMethods(node), [...servedNamespaces]);
  registerEventStream(server, node.chain, disturbStream);
  registerRelay(server, node);
  try {
    return { url: await server.listen({ host: address, port }), close: () => server.close() };
  } catch (cause) {
    throw mayflyErrors.create('EPH-MAYFLY-PORT', { address, port }, cause);
  }
}

function createServer(): FastifyInstance {
  const server = fastify({
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { querystringParser: (text) => parseQuery(text, queryOptions) },
    ajv: { customOptions: { coerceTypes: 'array' } },
  });
  addSszContentTypeParser(server);
  server.setErrorHandler((thrown: FastifyError | ApiError, request, reply) => {
    const code = thrown.statusCode ?? ('validation' in thrown ? 400 : 500);
    if (thrown instanceof IndexedError && thrown.failures.length < thrown.total) partlyTaken.add(request);
    const failures = thrown instanceof IndexedError ? { failures: thrown.failures } : {};
    return reply.status(code).send({ code, message: thrown.message, ...failures });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ code: 404, message: `Route not found: ${request.method} ${request.url}` }),
  );
  return server;
}
