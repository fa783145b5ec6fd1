import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { requestJson } from './json-request.ts';

const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
let closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('a JSON request to a client', () => {
  it('sends the body as JSON and gives the reply', async () => {
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, headers } = request;
      response.end(
        JSON.stringify({ method, type: headers['content-type'], body: String(Buffer.concat(chunks)) }),
      );
    });
    expect(await requestJson({ url, method: 'POST', body: { a: 1 }, ...limits })).toEqual({
      known: true,
      value: { method: 'POST', type: 'application/json', body: '{"a":1}' },
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['an error status', (_, response) => response.writeHead(503).end('{}'), /^status 503$/],
    ['no JSON', (_, response) => response.end('password hunter2'), /^the reply is not JSON$/],
    ['too much', (_, response) => response.end(' '.repeat(2_000)), /larger than 1000 bytes/],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), /redirect/],
    ['a broken connection', (request) => request.socket.destroy(), /./],
  ])('does not know after %s', async (_what, answer, reason) => {
    const told = await requestJson({ url: await serve(answer), ...limits });
    expect(told).toEqual({ known: false, reason: expect.stringMatching(reason) });
  });

  it('says in one word that nobody listens', async () => {
    const url = await serve(() => undefined);
    closing.pop()?.();
    expect(await requestJson({ url, ...limits })).toEqual({ known: false, reason: 'ECONNREFUSED' });
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['begins and stops', (_, response) => void response.write('{')],
  ])('ends at its deadline when the client %s', async (_what, answer) => {
    const url = await serve(answer);
    const told = await requestJson({ url, timeoutMs: 200, maxBytes: 1_000 });
    expect(told).toEqual({ known: false, reason: 'no answer within 200 ms' });
  });
});
