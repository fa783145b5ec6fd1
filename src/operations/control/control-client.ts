import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Control } from './control.ts';
import { errorFrom } from './error-report.ts';
import { controlErrors } from './errors.ts';
import { watchForMute } from './mute-watch.ts';
import { type Route, routes } from './routes.ts';

const connectDeadlineMs = 5_000;
const mostAnswerBytes = 64 * 1024 * 1024;

interface Call {
  readonly route: Route;
  readonly request: object;
  readonly signal?: AbortSignal;
}

type RouteTo<A extends z.ZodType> = Route & { readonly answer: A };

/** Asks a supervisor over its socket. Throws what it throws, and EPH-CONTROL-UNREACHABLE and -ANSWER. */
export function createControlClient(socket: string, clock: Clock): Control {
  const ask = async <A extends z.ZodType>(route: RouteTo<A>, request: object = {}): Promise<z.output<A>> =>
    checked(route, await askOnce(socket, clock, { route, request }));
  async function* follow<A extends z.ZodType>(
    route: RouteTo<A>,
    request: object,
    signal: AbortSignal,
  ): AsyncGenerator<z.output<A>> {
    for await (const value of stream(socket, clock, { route, request, signal })) yield checked(route, value);
  }
  return {
    status: () => ask(routes.status),
    plan: (request) => ask(routes.plan, request),
    events: (request, signal) => follow(routes.events, request, signal),
    logs: (request, signal) => follow(routes.logs, request, signal),
    doctor: () => ask(routes.doctor),
    apply: () => ask(routes.apply),
    reset: (request) => ask(routes.reset, request),
    hold: (request) => ask(routes.hold, request),
    release: (request) => ask(routes.release, request),
    consent: (request) => ask(routes.consent, request),
    sync: (request) => ask(routes.sync, request),
    peers: (request) => ask(routes.peers, request),
    recover: (request) => ask(routes.recover, request),
    down: () => ask(routes.down),
  };
}

function checked<A extends z.ZodType>(route: RouteTo<A>, value: unknown): z.output<A> {
  const result = route.answer.safeParse(value);
  if (result.success) return result.data;
  const reason = result.error.issues[0]?.message ?? 'it has another form';
  throw controlErrors.create('EPH-CONTROL-ANSWER', { route: route.path, reason }, result.error);
}

async function askOnce(socket: string, clock: Clock, call: Call): Promise<unknown> {
  const watch = watchForMute(socket, clock);
  try {
    const message = await send(socket, clock, { ...call, signal: watch.signal });
    const text = await bodyOf(message, call.route.path);
    return answered(text, message.statusCode ?? 0, call.route.path);
  } catch (cause) {
    throw watch.reason() ?? cause;
  } finally {
    watch.release();
  }
}

async function* stream(socket: string, clock: Clock, call: Call): AsyncGenerator<unknown> {
  const watch = watchForMute(socket, clock, call.signal);
  try {
    const message = await send(socket, clock, { ...call, signal: watch.signal });
    yield* linesOf(socket, message, call);
  } catch (cause) {
    throw watch.reason() ?? cause;
  } finally {
    watch.release();
  }
}

async function* linesOf(socket: string, message: IncomingMessage, call: Call): AsyncGenerator<unknown> {
  if (message.statusCode !== 200) {
    answered(await bodyOf(message, call.route.path), message.statusCode ?? 0, call.route.path);
  }
  const { createInterface } = await import('node:readline');
  try {
    for await (const line of createInterface({ input: message, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') yield answered(line, 200, call.route.path);
    }
  } catch (cause) {
    if (call.signal?.aborted === true) return;
    if (isEphemeryError(cause)) throw cause;
    throw unreachable(socket, cause);
  } finally {
    message.destroy();
  }
}

/**
 * Sends one request; the answer's head is there when it resolves. Only connecting has a deadline: `down` may take minutes.
 * Whether whoever owes the answer still lives is the signal's to say.
 */
async function send(
  socket: string,
  clock: Clock,
  { route, request, signal }: Call,
): Promise<IncomingMessage> {
  const isGet = route.method === 'GET';
  const query = isGet ? queryOf(request) : '';
  const body = isGet ? '' : JSON.stringify(request);
  const connecting = new AbortController();
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = httpRequest({
        socketPath: socket,
        method: route.method,
        path: `${route.path}${query}`,
        headers: {
          host: 'ephemery',
          ...(isGet ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      const late = () => sent.destroy(new Error(`no connection within ${connectDeadlineMs / 1_000} s`));
      clock.sleep(Math.min(connectDeadlineMs, maxSleepMs), connecting.signal).then(late, () => undefined);
      sent.on('socket', (made) => {
        // One kept from an earlier call is connected already.
        if (made.connecting) made.once('connect', () => connecting.abort());
        else connecting.abort();
      });
      sent.on('response', resolve).on('error', reject);
      sent.end(body);
    });
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason;
    throw unreachable(socket, cause);
  } finally {
    connecting.abort();
  }
}

function queryOf(request: object): string {
  const given = Object.entries(request).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(
    given.map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return query === '' ? '' : `?${query}`;
}

async function bodyOf(message: IncomingMessage, route: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostAnswerBytes)
      throw controlErrors.create('EPH-CONTROL-ANSWER', { route, reason: 'it is too long' });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answered(text: string, status: number, route: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw controlErrors.create('EPH-CONTROL-ANSWER', { route, reason: `HTTP ${status}, no JSON` }, cause);
  }
  const failed = errorFrom(value);
  if (failed !== undefined) throw failed;
  if (status < 300) return value;
  throw controlErrors.create('EPH-CONTROL-ANSWER', { route, reason: `HTTP ${status}` });
}

function unreachable(socket: string, cause: unknown) {
  const { code } = cause as NodeJS.ErrnoException;
  const isNobody = code === 'ENOENT' || code === 'ECONNREFUSED';
  const reason = isNobody ? 'nobody takes connections; it may be only beginning' : messageOf(cause);
  return controlErrors.create('EPH-CONTROL-UNREACHABLE', { socket, reason }, cause);
}
