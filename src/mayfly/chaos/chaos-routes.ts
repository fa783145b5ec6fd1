import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { isEphemeryError, reasonOf } from '../../base/errors.ts';
import type { ApiServerOptions } from '../api/api-server.ts';
import type { StreamState } from '../api/event-connection.ts';
import type { ActiveChaos } from './active-chaos.ts';
import type { Chaos } from './chaos.ts';
import { chaosCommand } from './chaos-command.ts';
import {
  type Asked,
  type IsLie,
  isLiedAbout,
  wrongAnswer,
  wrongEvent,
  wrongHealth,
} from './wrong-answers.ts';

const path = '/mayfly/v1/chaos';
/** A held request is looked at again this often, so that clearing the chaos frees it. */
const holdStepMs = 100;

type Disturbances = Pick<ApiServerOptions, 'extend' | 'disturbStream'>;

/** What a producer's API server is extended with: the chaos routes, and the disturbances of all others. */
export function withChaos(chaos: Chaos, clock: Clock): Disturbances {
  const isLie: IsLie = (about) => chaos.liesAbout(about);
  return {
    extend: (server) => {
      disturb(server, chaos, clock);
      lie(server, isLie);
      addRoutes(server, chaos);
    },
    disturbStream: {
      tell: (topic, data) => wrongEvent(topic, isLie, data),
      state: () => streamState(chaos),
      lookEveryMs: holdStepMs,
    },
  };
}

/**
 * `GET` tells what is in force, `POST` a command puts it in force, `DELETE` clears all. These routes stay
 * reachable whatever the rest of the API does.
 */
function addRoutes(server: FastifyInstance, chaos: Chaos): void {
  server.get(path, async () => ({ data: describe(chaos) }));
  server.delete(path, async () => {
    chaos.clear();
    await chaos.settled();
    return { data: describe(chaos) };
  });
  server.post(path, async (request, reply) => {
    const command = chaosCommand.safeParse(request.body);
    if (!command.success) return reply.status(400).send({ code: 400, message: firstIssue(command.error) });
    try {
      chaos.order(command.data);
    } catch (cause) {
      if (!isEphemeryError(cause)) throw cause;
      return reply.status(400).send({ code: 400, message: reasonOf(cause) });
    }
    await chaos.settled();
    return { data: describe(chaos) };
  });
}

/** Makes the rest of the API stall or break off. Must be added before the routes that it is to disturb. */
function disturb(server: FastifyInstance, chaos: Chaos, clock: Clock): void {
  server.addHook('onRequest', async (request, reply) => {
    if (pathOf(request) === path) return;
    const isHeld = () => streamState(chaos) === 'held' && !request.raw.destroyed;
    while (isHeld()) await clock.sleep(holdStepMs);
    if (!chaos.isOutage()) return;
    reply.hijack();
    request.raw.destroy();
  });
}

function streamState(chaos: Chaos): StreamState {
  if (chaos.isOutage()) return 'broken';
  return chaos.stalledForMs() > 0 ? 'held' : 'open';
}

/** Makes the rest of the API lie. Lies are told in JSON, whatever the client would rather have. */
function lie(server: FastifyInstance, isLie: IsLie): void {
  server.addHook('preHandler', async (request) => {
    if (isLiedAbout(askedOf(request), isLie)) request.headers.accept = 'application/json';
  });
  server.addHook('preSerialization', async (request, reply, payload) =>
    reply.statusCode === 200 ? wrongAnswer(askedOf(request), isLie, payload) : payload,
  );
  server.addHook('onSend', async (request, reply) => {
    const status = wrongHealth(askedOf(request), isLie);
    if (reply.statusCode === 200 && status !== undefined) reply.code(status);
  });
}

function describe(chaos: Chaos) {
  return {
    active: chaos.active().map(({ command, fromSlot, toSlot }: ActiveChaos) => ({
      ...command,
      fromSlot,
      ...(Number.isFinite(toSlot) ? { toSlot } : {}),
    })),
  };
}

function askedOf(request: FastifyRequest): Asked {
  return { path: pathOf(request), query: request.query as Asked['query'] };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? request.url;
}

function firstIssue(error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const [issue] = error.issues;
  return issue === undefined ? 'invalid' : `${issue.path.join('.') || 'command'}: ${issue.message}`;
}
