import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../base/clock.ts';
import type { DownloadOptions } from '../base/download.ts';
import { HttpClient } from '../base/http.ts';
import { download } from './download.ts';

const content = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(50_000, 'release')]);

let folder: string;
let server: Server;
let http: HttpClient;
let requests: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** Breaks the connection off once so many bytes have arrived, so that they were not lost on the way. */
let breakOff: { readonly at: number; readonly response: ServerResponse } | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  requests = [];
  breakOff = undefined;
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = new HttpClient({ environment: {} });
});

afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function fetched(options: Partial<DownloadOptions> = {}): Promise<Buffer> {
  const file = join(folder, 'file');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file?token=hidden`;
  const backoff = { firstMs: 1, lastMs: 1 };
  const onProgress = ({ bytes }: { bytes: number }) => {
    if (breakOff !== undefined && bytes >= breakOff.at) breakOff.response.destroy();
  };
  await download({
    http,
    url,
    file,
    mostBytes: 1_000_000,
    expect: 'gzip',
    tries: 3,
    backoff,
    onProgress,
    ...options,
  });
  return readFile(file);
}

/** Sends half and breaks off, the first `times`; afterwards what is asked for. */
function breaking(times: number, headers: Record<string, string>): typeof answer {
  return (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = content.subarray(from);
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    const length = { 'content-length': body.length };
    response.writeHead(from > 0 ? 206 : 200, { ...headers, ...length, ...(from > 0 ? range : {}) });
    const half = body.length >> 1;
    if (requests.length > times) response.end(body);
    else {
      breakOff = { at: from + half, response };
      response.write(body.subarray(0, half));
    }
  };
}

describe('a download that breaks off', () => {
  it('goes on where it was, for exactly that version', async () => {
    answer = breaking(2, { etag: '"v1"' });
    expect(await fetched()).toEqual(content);
    expect(requests.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      [`bytes=${content.length >> 1}-`, '"v1"'],
      [expect.stringMatching(/^bytes=/), '"v1"'],
    ]);
  });

  it.each([{}, { etag: 'W/"v1"' }])('begins anew when nothing names the version (%j)', async (headers) => {
    answer = breaking(1, headers as Record<string, string>);
    expect(await fetched()).toEqual(content);
    expect(requests[1]?.headers.range).toBeUndefined();
  });

  it('begins anew when the server sends the whole, or from elsewhere', async () => {
    answer = (request, response) => {
      if (requests.length === 1) breaking(1, { etag: '"v1"' })(request, response);
      else response.writeHead(200, { etag: '"v2"' }).end(content);
    };
    expect(await fetched()).toEqual(content);
    requests = [];
    answer = (request, response) => {
      if (requests.length === 2) response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('wrong');
      else breaking(1, { etag: '"v1"' })(request, response);
    };
    expect(await fetched()).toEqual(content);
    expect(requests).toHaveLength(3);
  });

  it('is given up after its tries, with an error that shows no query', async () => {
    answer = breaking(9, { etag: '"v1"' });
    const failure = await fetched().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'EPH-RELEASES-DOWNLOAD' });
    expect(String(failure)).not.toContain('hidden');
    expect(requests).toHaveLength(3);
  });
});

describe('an answer that is no release', () => {
  it.each<[string, number, typeof answer]>([
    ['404 at once as not found', 1, (_, response) => response.writeHead(404).end()],
    ['a quota, without asking again', 1, (_, response) => response.writeHead(403).end()],
    ['a web page', 1, (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['no gzip', 1, (_, response) => response.end('nonsense')],
    [
      'an announced length beyond the limit',
      1,
      (_, response) => response.writeHead(200, { 'content-length': 2_000_000 }).write('x'),
    ],
    ['an outage, asking again', 3, (_, response) => response.writeHead(503).end()],
    ['nothing at all, asking again', 3, (_, response) => response.end()],
    [
      'more than the limit without an announced length',
      1,
      (_, response) => response.end(Buffer.concat([content, Buffer.alloc(1_000_000)])),
    ],
  ])('is refused: %s', async (name, asked, listener) => {
    answer = listener;
    const code = name.startsWith('404') ? 'EPH-RELEASES-NOT-FOUND' : 'EPH-RELEASES-DOWNLOAD';
    await expect(fetched()).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(asked);
  });

  it('is left when it drips: the rate counts, not only the silence', async () => {
    let elapsedMs = 0;
    // Each piece takes ten seconds by this clock, and no time by the real one.
    const clock: Clock = { ...systemClock, monotonicMs: () => (elapsedMs += 10_000) };
    answer = (_, response) => {
      const drip = (at: number) => {
        if (response.destroyed || at >= content.length) return;
        response.write(content.subarray(at, at + 100), () => setImmediate(drip, at + 100));
      };
      drip(0);
    };
    const failure = await fetched({ clock, tries: 1 }).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      code: 'EPH-RELEASES-DOWNLOAD',
      facts: { problem: expect.stringMatching(/bytes a second/) },
    });
  });
});

it('progress is told with the total where it is known', async () => {
  answer = (_, response) => response.writeHead(200, { 'content-length': content.length }).end(content);
  const seen: number[] = [];
  await fetched({ onProgress: ({ bytes, totalBytes }) => seen.push(bytes, totalBytes ?? -1) });
  expect(seen.slice(-2)).toEqual([content.length, content.length]);
});
