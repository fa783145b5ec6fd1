import { routes } from '@lodestar/api';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Chain } from '../chain/chain.ts';
import type { ChainEvent } from '../chain/chain-events.ts';
import { EventConnection, type StreamState } from './event-connection.ts';

/** How a stream is kept from being what it should be. */
export interface StreamDisturbance {
  /** What is told of an event in place of its data, which is as the standard has it in JSON. */
  readonly tell: (topic: string, data: unknown) => unknown;
  readonly state: () => StreamState;
  /** How often a stream is looked at whether its state has changed. */
  readonly lookEveryMs: number;
}

const undisturbed: StreamDisturbance = {
  tell: (_topic, data) => data,
  state: () => 'open',
  lookEveryMs: 1_000,
};

const { eventTypes, EventType, getEventSerdes } = routes.events;

/**
 * The event stream. It is a route of our own: the library's sends its headers with the first event only, so that
 * a client does not know that it is connected, and lets events pile up for a client that does not read.
 */
export function registerEventStream(
  server: FastifyInstance,
  chain: Chain,
  disturbance: StreamDisturbance = undisturbed,
): void {
  const known = new Set<string>(Object.values(eventTypes));
  const schema = {
    querystring: {
      type: 'object',
      required: ['topics'],
      properties: { topics: { type: 'array', minItems: 1, items: { type: 'string' } } },
    },
  };
  server.get<{ Querystring: { topics: string[] } }>('/eth/v1/events', { schema }, (request, reply) => {
    const { topics } = request.query;
    const unknown = topics.find((topic) => !known.has(topic));
    if (unknown !== undefined) {
      return reply.status(400).send({ code: 400, message: `Invalid topic: ${unknown}` });
    }
    stream({ chain, disturbance }, new Set(topics), reply);
    return reply;
  });
}

interface Source {
  readonly chain: Chain;
  readonly disturbance: StreamDisturbance;
}

function stream({ chain, disturbance }: Source, topics: ReadonlySet<string>, reply: FastifyReply): void {
  reply.hijack();
  const { raw } = reply;
  const { tell, state, lookEveryMs } = disturbance;
  const { toJson } = getEventSerdes(chain.config);
  const connection = new EventConnection({ raw, clock: chain.clock, state });
  const heard = topics.has(EventType.headV2) ? [...topics, EventType.head] : topics;
  const unsubscribe = chain.events.subscribe((event) => {
    for (const told of withHeadV2(chain, event)) {
      if (!topics.has(told.type)) continue;
      const data = tell(told.type, toJson(told));
      connection.send(`event: ${told.type}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }, heard);
  raw.once('close', unsubscribe);
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache,no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  void connection.tend(lookEveryMs);
}

/** `head_v2` tells the same as `head`; before Gloas a block always comes with its payload. */
function withHeadV2(chain: Chain, event: ChainEvent): ChainEvent[] {
  if (event.type !== EventType.head) return [event];
  const { previousDutyDependentRoot, currentDutyDependentRoot, ...head } = event.message;
  const data = {
    ...head,
    payloadStatus: 'full' as const,
    currentEpochDependentRoot: previousDutyDependentRoot,
    nextEpochDependentRoot: currentDutyDependentRoot,
  };
  const version = chain.config.getForkName(head.slot);
  return [event, { type: EventType.headV2, message: { version, data } }];
}
