import { routes } from '@lodestar/api';
import { type BeaconApiMethods, registerRoutes } from '@lodestar/api/beacon/server';
import { type ApiError, addSszContentTypeParser } from '@lodestar/api/server';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { parse as parseQuery } from 'qs';
import { mayflyErrors } from '../errors.ts';
import type { ApiNode } from './api-node.ts';
import { beaconMethods } from './beacon-methods.ts';
import { completeMethods } from './complete-methods.ts';
import { configMethods } from './config-methods.ts';
import { debugMethods } from './debug-methods.ts';
import { EpochStates } from './epoch-states.ts';
import { eventsMethods } from './events-methods.ts';
import { IndexedError } from './indexed-error.ts';
import { nodeMethods } from './node-methods.ts';
import { ProducedPayloads } from './produced-payloads.ts';
import { validatorNamespace } from './validator-namespace.ts';

/** A block with the largest payload is about 12 MB, and twice that as JSON. */
const bodyLimit = 32 * 1024 * 1024;

export interface ApiServerOptions {
  readonly node: ApiNode;
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Further routes of ours, beside the standard ones. */
  readonly extend?: (server: FastifyInstance) => void;
}

export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the standard Beacon API of a node. @throws EPH-MAYFLY-PORT */
export async function startApiServer({ node, address, port, extend }: ApiServerOptions): Promise<ApiServer> {
  const server = createServer();
  registerRoutes(server, node.chain.config, allMethods(node), [
    'beacon',
    'config',
    'debug',
    'events',
    'node',
    'validator',
  ]);
  extend?.(server);
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
    routerOptions: { querystringParser: (text) => parseQuery(text, { comma: true, parseArrays: false }) },
    ajv: { customOptions: { coerceTypes: 'array' } },
  });
  addSszContentTypeParser(server);
  server.setErrorHandler((thrown: FastifyError | ApiError, _request, reply) => {
    const code = thrown.statusCode ?? ('validation' in thrown ? 400 : 500);
    const failures = thrown instanceof IndexedError ? { failures: thrown.failures } : {};
    return reply.status(code).send({ code, message: thrown.message, ...failures });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ code: 404, message: `Route not found: ${request.method} ${request.url}` }),
  );
  return server;
}

function allMethods(node: ApiNode): BeaconApiMethods {
  const { config } = node.chain;
  const states = new EpochStates(node.chain);
  const payloads = new ProducedPayloads();
  const { beacon, config: configRoutes, debug, node: nodeRoutes, validator } = routes;
  return {
    beacon: completeMethods(beacon.getDefinitions(config), beaconMethods(node, states, payloads)),
    config: completeMethods(configRoutes.getDefinitions(config), configMethods(node)),
    debug: completeMethods(debug.getDefinitions(config), debugMethods(node)),
    events: eventsMethods(node),
    node: completeMethods(nodeRoutes.getDefinitions(config), nodeMethods(node)),
    validator: completeMethods(validator.getDefinitions(config), validatorNamespace(node, states, payloads)),
    lightclient: completeMethods(routes.lightclient.getDefinitions(config), {}),
    lodestar: completeMethods(routes.lodestar.getDefinitions(config), {}),
    proof: completeMethods(routes.proof.getDefinitions(config), {}),
  };
}
