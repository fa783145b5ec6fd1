import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import type { Secret } from '../../base/secret.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import type { Keymanager } from './keymanager.ts';
import { registerKeystoreRoutes } from './keystore-routes.ts';
import { registerSettingRoutes } from './setting-routes.ts';
import { isToken } from './token.ts';

/** Thousands of keystores of about 1 kB with their slashing protection. */
const bodyLimit = 64 * 1024 * 1024;

export interface KeymanagerServerOptions {
  readonly keymanager: Keymanager;
  readonly token: Secret;
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface KeymanagerServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the Keymanager API to whoever has the token. @throws EPH-MAYFLY-VALIDATOR-PORT */
export async function startKeymanagerServer(options: KeymanagerServerOptions): Promise<KeymanagerServer> {
  const { keymanager, token, address, port } = options;
  const server = fastify({ bodyLimit, forceCloseConnections: true });
  requireToken(server, token);
  server.setErrorHandler((thrown: FastifyError, _, reply) =>
    reply.status(thrown.statusCode ?? 500).send({ message: thrown.message }),
  );
  server.setNotFoundHandler((_, reply) => reply.status(404).send({ message: 'there is no such route' }));
  registerKeystoreRoutes(server, keymanager);
  registerSettingRoutes(server, keymanager);
  try {
    return { url: await server.listen({ host: address, port }), close: () => server.close() };
  } catch (cause) {
    throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-PORT', { address, port }, cause);
  }
}

/** 401 without a token, 403 with a wrong one, as the standard says. */
function requireToken(server: FastifyInstance, token: Secret): void {
  server.addHook('onRequest', async ({ headers }, reply) => {
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (given === undefined) return reply.status(401).send({ message: 'a bearer token is needed' });
    if (!isToken(token, given)) return reply.status(403).send({ message: 'the bearer token is wrong' });
  });
}
