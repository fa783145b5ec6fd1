import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { answerControl } from './control.ts';
import { type Fault, FaultBoard } from './faults.ts';
import { type ReleaserRoute, routeOf } from './routes.ts';
import { sendFile } from './send-file.ts';
import { Shelf, type ShelfFile } from './shelf.ts';

export interface ReleaserOptions {
  /** Holds one folder a release, named after its tag; looked at anew with each request. */
  readonly folder?: string;
  /** 127.0.0.1 unless told. Faults can be set over HTTP only there. */
  readonly host?: string;
  /** Any free one unless told. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface Releaser {
  /** As a `github` source takes it. */
  readonly url: string;
  /** As a `mirror` source takes it. */
  readonly mirrorUrl: string;
  /** Publishes one more release, from wherever its folder lies. */
  publish(tag: string, folder: string): void;
  setFaults(faults: readonly Fault[]): void;
  faults(): readonly Fault[];
  close(): Promise<void>;
}

/**
 * Serves built releases under the paths of the public host and of a mirror, and misbehaves on request, by
 * `setFaults` or `PUT /releaser/v1/faults`. Rejects with the system's error when the port is taken.
 */
export async function startReleaser(options: ReleaserOptions = {}): Promise<Releaser> {
  const { host = '127.0.0.1', port = 0, clock = systemClock, log = silentLog } = options;
  const shelf = new Shelf(options.folder);
  const board = new FaultBoard();
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(host);
  const context: Context = { shelf, board, clock, control: isLoopback };
  const server = createServer((request, response) => {
    answer(request, response, context).catch((thrown: unknown) => {
      log.warn('a request to the releaser failed', { path: request.url, problem: messageOf(thrown) });
      response.destroy();
    });
  });
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  return {
    url,
    mirrorUrl: `${url}/latest`,
    publish: (tag, folder) => shelf.add(tag, folder),
    setFaults: (faults) => board.set(faults),
    faults: () => board.list(),
    close: () => close(server),
  };
}

interface Context {
  readonly shelf: Shelf;
  readonly board: FaultBoard;
  readonly clock: Clock;
  readonly control: boolean;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://releaser');
  const route = routeOf(pathname);
  if (route.route === 'faults' || route.route === 'releases') {
    if (!context.control) return end(response, 403);
    return answerControl(request, response, { ...context, route: route.route });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405);
  const asked = await resolveRoute(route, context);
  const skew = context.board.take(['wrong-date'], asked);
  const dateMs = context.clock.nowMs() + (skew === undefined ? 0 : (skew.skewSeconds ?? 300) * 1_000);
  response.setHeader('date', new Date(dateMs).toUTCString());
  const refusal = context.board.take(['rate-limited', 'outage', 'reset', 'web-page'], asked);
  if (refusal !== undefined) return refuse(response, refusal);
  await give(request, response, { ...context, asked });
}

/** What a request comes down to: a redirect, a file, a page, or nothing that is there. */
interface Asked {
  readonly paths: 'tags' | 'latest';
  readonly tag?: string;
  readonly redirect?: string;
  readonly file?: ShelfFile;
  readonly page?: true;
}

async function resolveRoute(route: ReleaserRoute, context: Context): Promise<Asked> {
  const visible = async () => (await context.shelf.tags()).filter((tag) => !isLate(context, tag));
  switch (route.route) {
    case 'asset':
      return assetAsked(route, context);
    case 'stored':
      return { paths: 'tags', tag: route.tag, ...(await fileOf(route, context)) };
    case 'tag-page':
      return {
        paths: 'tags',
        tag: route.tag,
        ...((await visible()).includes(route.tag) ? { page: true } : {}),
      };
    case 'latest-page':
      return latestAsked(await visible(), (tag) => `/releases/tag/${tag}`);
    case 'latest-asset':
      return latestAsked(await visible(), (tag) => `/releases/download/${tag}/${route.name}`);
    case 'mirror':
      return mirrorAsked(await visible(), route.path, context);
    default:
      return { paths: 'tags' };
  }
}

function latestAsked(visible: readonly string[], redirect: (tag: string) => string): Asked {
  const [tag] = visible;
  return tag === undefined ? { paths: 'tags' } : { paths: 'tags', tag, redirect: redirect(tag) };
}

async function mirrorAsked(visible: readonly string[], path: string, context: Context): Promise<Asked> {
  const [tag] = visible;
  if (tag === undefined) return { paths: 'latest' };
  // A mirror in the middle of an update: its variables are new, the rest is old.
  const fault = path.endsWith('.vars')
    ? undefined
    : context.board.take(['wrong-iteration'], { tag, paths: 'latest' });
  const given = fault === undefined ? tag : (fault.insteadTag ?? visible[1] ?? tag);
  const file = await context.shelf.mirrored(given, path);
  return { paths: 'latest', tag, ...(file === undefined ? {} : { file }) };
}

// The public host keeps assets on a storage of its own and redirects there.
async function assetAsked(route: { tag: string; name: string }, context: Context): Promise<Asked> {
  const { tag, name } = route;
  const there = !isLate(context, tag) && (await context.shelf.asset(tag, name)) !== undefined;
  return { paths: 'tags', tag, ...(there ? { redirect: `/storage/${tag}/${name}` } : {}) };
}

async function fileOf(route: { tag: string; name: string }, context: Context): Promise<{ file?: ShelfFile }> {
  const { shelf, board } = context;
  const { tag, name } = route;
  const fault = board.take(['wrong-iteration'], { tag, paths: 'tags' });
  const tags = await shelf.tags();
  const before = tags[tags.indexOf(tag) + 1] ?? tags[0] ?? tag;
  const file = await shelf.asset(fault === undefined ? tag : (fault.insteadTag ?? before), name);
  return file === undefined ? {} : { file };
}

function isLate({ board }: Context, tag: string): boolean {
  return board
    .list()
    .some((fault) => fault.kind === 'late' && (fault.tag === undefined || fault.tag === tag));
}

async function give(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context & { readonly asked: Asked },
): Promise<void> {
  const { asked, board, clock } = context;
  if (asked.redirect !== undefined) {
    response.writeHead(302, { location: asked.redirect }).end();
    return;
  }
  if (asked.file !== undefined) {
    // A HEAD request must not use up a fault that is meant for the download.
    const kinds = ['partial', 'corrupt', 'empty', 'slow', 'wrong-length'] as const;
    const fault = request.method === 'HEAD' ? undefined : board.take(kinds, asked);
    return sendFile(asked.file, { request, response, clock, fault });
  }
  if (asked.page) return page(response, `Release ${asked.tag}`);
  end(response, 404);
}

function refuse(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'reset') response.destroy();
  else if (fault.kind === 'web-page') page(response, 'Sign in');
  else if (fault.kind === 'outage') end(response, 503);
  else {
    response.setHeader('retry-after', '60');
    end(response, fault.status ?? 403);
  }
}

function page(response: ServerResponse, title: string): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>${title}</title>\n`);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}\n`);
}
