import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of a host; `undefined` lets the host answer as it would. */
export type Misbehaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => true | undefined;

/**
 * Hosts that programs are published on, on this machine: files at a path, as `gethstore` has them, and GitHub
 * releases, which redirect `/<owner>/<repo>/releases/download/<tag>/<file>` to a signed address on a host of assets,
 * and `/<owner>/<repo>/releases/latest` to the page of a tag, or to the list where there is none.
 */
export class ArtifactHost {
  /** Paths that were asked for, with the range where one was. */
  readonly asked: string[] = [];
  misbehaviour: Misbehaviour | undefined;
  private readonly files = new Map<string, Buffer>();
  private readonly latest = new Map<string, string>();
  private readonly pages = createServer((request, response) => this.answerPage(request, response));
  private readonly assets = createServer((request, response) => this.answerAsset(request, response));

  /** Known until the end of the test, also once the host is closed. */
  url = '';

  static async start(): Promise<ArtifactHost> {
    const host = new ArtifactHost();
    await Promise.all([listening(host.pages), listening(host.assets)]);
    host.url = addressOf(host.pages);
    return host;
  }

  publish(path: string, content: Buffer | string): string {
    this.files.set(path, Buffer.from(content));
    return `${this.url}${path}`;
  }

  /** Makes a repository known, with its newest tag where it has releases. Returns its page of releases. */
  release(repository: string, tag?: string): string {
    const page = `${this.url}/${repository}/releases`;
    return this.leads(repository, tag === undefined ? page : `${page}/tag/${tag}`);
  }

  /** Where the newest release of a repository is to be looked for, whatever that address is. */
  leads(repository: string, location: string): string {
    this.latest.set(`/${repository}/releases/latest`, location);
    return `${this.url}/${repository}/releases`;
  }

  async close(): Promise<void> {
    for (const server of [this.pages, this.assets]) {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    }
  }

  private answerPage(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request);
    this.asked.push(path + (request.headers.range === undefined ? '' : ` ${request.headers.range}`));
    const newest = this.latest.get(path);
    if (newest !== undefined) {
      response.writeHead(302, { location: newest, 'content-length': 0 }).end();
    } else if (!path.includes('/releases/download/')) {
      this.send(request, response, path);
    } else if (!this.files.has(path)) {
      response.writeHead(404).end('Not Found');
    } else {
      const signed = `${addressOf(this.assets)}${path}?sp=r&sig=0123456789abcdef`;
      response.writeHead(302, { location: signed, 'content-length': 0 }).end();
    }
  }

  private answerAsset(request: IncomingMessage, response: ServerResponse): void {
    if ((request.url ?? '').includes('sig=')) this.send(request, response, pathOf(request));
    else response.writeHead(403).end();
  }

  private send(request: IncomingMessage, response: ServerResponse, path: string): void {
    const body = this.files.get(path);
    if (body === undefined) {
      response.writeHead(404).end('Not Found');
      return;
    }
    if (this.misbehaviour?.(request, response, body) === true) return;
    const etag = etagOf(body);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const common = { etag, 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
    if (from >= body.length && isSame && from > 0) {
      response.writeHead(416, { ...common, 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    const start = isSame ? from : 0;
    const range = start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { ...common, ...range, 'content-length': body.length - start });
    response.end(body.subarray(start));
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
}

/** Sends the headers of the whole and so many of its bytes, then nothing more until the connection is closed. */
export function stopsAfter(bytes: number): Misbehaviour {
  return (_request, response, body) => {
    response.writeHead(200, { etag: etagOf(body), 'content-length': body.length });
    response.write(body.subarray(0, bytes));
    return true;
  };
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://host').pathname;
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
