import { chmod, rm } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { boundBy } from '../base/bound-signal.ts';
import type { Clock } from '../base/clock.ts';
import type { Control } from '../operations/control/control.ts';
import { type ErrorReport, errorReport } from '../operations/control/error-report.ts';
import { controlErrors } from '../operations/control/errors.ts';
import { type Route, routes } from '../operations/control/routes.ts';
import { writeStream } from './write-stream.ts';

/** Says whether a request may be answered. On the Unix socket its permissions say it; on TCP a token will. */
export type Authenticate = (request: { readonly headers: FastifyRequest['headers'] }) => Promise<boolean>;

export interface HttpServerOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly control: Control;
  readonly authenticate: Authenticate;
}

export interface ListeningServer {
  /** Ends streams, each as a whole answer, then connections. */
  close(): Promise<void>;
}

const mostBodyBytes = 64 * 1024;
/** A listener that does not take the end of its stream is cut off after so long. */
const endPatienceMs = 1_000;

/** Serves the API on a Unix socket that only our user may use. A leftover of a dead supervisor is replaced: hold the lock. */
export async function serveOnSocket(options: HttpServerOptions, socket: string): Promise<ListeningServer> {
  const { app, end } = await createHttpServer(options);
  await rm(socket, { force: true });
  await app.listen({ path: socket });
  await chmod(socket, 0o600);
  return {
    close: async () => {
      await end();
      await app.close();
      await rm(socket, { force: true });
    },
  };
}

/** The API without a place to listen; `end` ends its streams. */
async function createHttpServer({
  clock,
  control,
  authenticate,
}: HttpServerOptions): Promise<{ app: FastifyInstance; end: () => Promise<void> }> {
  const { fastify } = await import('fastify');
  const app = fastify({ bodyLimit: mostBodyBytes, forceCloseConnections: true });
  const life = new AbortController();
  const streams = new Set<Promise<void>>();
  app.addHook('onRequest', async (request) => {
    if (!(await authenticate(request))) throw controlErrors.create('EPH-CONTROL-DENIED', {});
  });
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const report = reportOf(thrown, request);
    return reply.code(statusOf(report)).send(report);
  });
  app.setNotFoundHandler((request, reply) => {
    const reason = 'there is no such path';
    return reply.code(404).send(errorReport(refused(request, reason)));
  });
  for (const [name, route] of Object.entries<Route>(routes)) {
    const handler = handlers[name as keyof typeof routes];
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        if (route.streams === true) noteStream(streams, reply);
        return answer({ control, route, handler, life: life.signal }, request, reply);
      },
    });
  }
  const end = async () => {
    life.abort();
    const waiting = new AbortController();
    await Promise.race([
      Promise.all(streams),
      clock.sleep(endPatienceMs, waiting.signal).catch(() => undefined),
    ]);
    waiting.abort();
  };
  return { app, end };
}

function noteStream(streams: Set<Promise<void>>, reply: FastifyReply): void {
  const over = new Promise<void>((resolve) => reply.raw.once('close', resolve)).then(() => {
    streams.delete(over);
  });
  streams.add(over);
}

/** A handler gets what its route's schema made of the request; `answer` ties the two. */
type Handler = (
  control: Control,
  request: never,
  signal: AbortSignal,
) => Promise<unknown> | AsyncIterable<unknown>;

const handlers = {
  status: (control) => control.status(),
  plan: (control, request) => control.plan(request),
  events: (control, request, signal) => control.events(request, signal),
  logs: (control, request, signal) => control.logs(request, signal),
  doctor: (control) => control.doctor(),
  apply: (control) => control.apply(),
  reset: (control, request) => control.reset(request),
  hold: (control, request) => control.hold(request),
  release: (control, request) => control.release(request),
  consent: (control, request) => control.consent(request),
  sync: (control, request) => control.sync(request),
  peers: (control, request) => control.peers(request),
  recover: (control, request) => control.recover(request),
  down: (control) => control.down(),
} as const satisfies Record<keyof typeof routes, Handler>;

interface Call {
  readonly control: Control;
  readonly route: Route;
  readonly handler: Handler;
  readonly life: AbortSignal;
}

async function answer(call: Call, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { control, route, handler, life } = call;
  const given = route.method === 'GET' ? request.query : (request.body ?? {});
  const parsed = route.request.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(request, `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong form'}`.trim());
  }
  const left = new AbortController();
  const { signal, release } = boundBy([life, left.signal]);
  reply.raw.on('close', () => {
    left.abort();
    release();
  });
  const result = handler(control, parsed.data as never, signal);
  if (route.streams !== true) return result;
  const asEvents = request.headers.accept?.includes('text/event-stream') === true;
  return writeStream(result as AsyncIterable<unknown>, reply, asEvents ? 'events' : 'lines');
}

function refused(request: FastifyRequest, reason: string) {
  const route = `${request.method} ${request.url.split('?')[0] ?? ''}`;
  return controlErrors.create('EPH-CONTROL-REQUEST', { route, reason });
}

/** The framework's own errors (bad JSON, a body too long) are the caller's. */
function reportOf(thrown: unknown, request: FastifyRequest): ErrorReport {
  const { statusCode, message } = thrown as { statusCode?: number; message?: string };
  const isTheirs = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return errorReport(isTheirs ? refused(request, message ?? 'wrong form') : thrown);
}

function statusOf({ error }: ErrorReport): number {
  if (error.code === 'EPH-CONTROL-DENIED') return 401;
  if (error.code === 'EPH-CONTROL-REQUEST') return 400;
  if (error.code === 'EPH-CONTROL-NO-NODE') return 404;
  return error.code === 'EPH-CONTROL-UNEXPECTED' ? 500 : 409;
}
