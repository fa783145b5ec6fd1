import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient, type HttpClientOptions, type HttpExchange, type HttpRequest } from './http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

function clientOf(options: HttpClientOptions = {}): HttpClient {
  const client = new HttpClient({ environment: {}, ...options });
  closers.push(() => client.close());
  return client;
}

async function read(request: HttpRequest, options: HttpClientOptions = {}): Promise<string> {
  const answer = await clientOf(options).request(request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body()) chunks.push(chunk);
  return `${answer.status} ${Buffer.concat(chunks).toString()}`;
}

describe('the HTTP client', () => {
  it('gives status, headers and body of any answer', async () => {
    const url = await serve((request, response) =>
      response.writeHead(418).end(`${request.method} ${request.url}`),
    );
    expect(await read({ url: `${url}/a?b=c` })).toBe('418 GET /a?b=c');
  });

  it('follows redirects up to a limit and tells where it arrived', async () => {
    const url = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await read({ url: `${url}/5` })).toBe('200 there');
    await expect(read({ url: `${url}/6` })).rejects.toMatchObject({ code: 'EPH-HTTP-REDIRECT' });
    await expect(read({ url: `${url}/2`, redirects: 1 })).rejects.toMatchObject({
      code: 'EPH-HTTP-REDIRECT',
    });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', ''])(
    'does not follow a redirect to %j',
    async (location) => {
      const url = await serve((_, response) =>
        response.writeHead(302, location === '' ? {} : { location }).end(),
      );
      await expect(read({ url })).rejects.toMatchObject({ code: 'EPH-HTTP-REDIRECT' });
    },
  );

  it('hands a redirect to another host back when told to stay', async () => {
    const other = await serve((_, response) => response.end('other'));
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end());
    expect(await read({ url, redirects: 'same-host' })).toBe('302 ');
    expect(await read({ url })).toBe('200 other');
  });

  it('hands any redirect back when told to follow none', async () => {
    const url = await serve((request, response) =>
      request.url === '/' ? response.writeHead(302, { location: '/next' }).end() : response.end('next'),
    );
    const answer = await clientOf().request({ url, redirects: 'none' });
    answer.discard();
    expect([answer.status, answer.header('location')]).toEqual([302, '/next']);
  });

  it.each(['file:///etc/passwd', 'javascript:1', 'nonsense'])('does not ask %j', async (url) => {
    await expect(read({ url })).rejects.toMatchObject({ code: 'EPH-HTTP-URL' });
  });

  it('sends credentials of an address to its own origin alone, and shows them nowhere', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.destroy();
    });
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${other}/x?token=hidden` }).end();
    });
    const request = { url: url.replace('//', '//me:pass%20word@') };
    const failure = await read(request).catch((thrown: unknown) => thrown);
    expect(seen).toEqual([`Basic ${Buffer.from('me:pass word').toString('base64')}`, undefined]);
    expect(failure).toMatchObject({ code: 'EPH-HTTP-UNREACHABLE', facts: { url: `${other}/x` } });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/pass|hidden/);
  });

  it('tells a refused connection from a slow one', async () => {
    const url = await serve(() => undefined);
    await expect(read({ url, headersTimeoutMs: 20 })).rejects.toMatchObject({ code: 'EPH-HTTP-TIMEOUT' });
    await closers.shift()?.();
    await expect(read({ url })).rejects.toMatchObject({ code: 'EPH-HTTP-UNREACHABLE' });
  });

  it('says so when a body stalls, breaks off, or is compressed unasked', async () => {
    const stalls = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 9 }).write('part'),
    );
    await expect(read({ url: stalls, idleTimeoutMs: 20 })).rejects.toMatchObject({
      code: 'EPH-HTTP-TIMEOUT',
    });
    const breaks = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 9 });
      response.write('part', () => response.destroy());
    });
    await expect(read({ url: breaks })).rejects.toMatchObject({ code: 'EPH-HTTP-BODY' });
    const packed = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    );
    await expect(read({ url: packed })).rejects.toMatchObject({ code: 'EPH-HTTP-BODY' });
  });

  it('stops at once when aborted, with the reason given', async () => {
    const url = await serve(() => undefined);
    const abort = new AbortController();
    const reading = read({ url, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('reports the date of every answer', async () => {
    const exchanges: HttpExchange[] = [];
    const url = await serve((_, response) => {
      response.setHeader('date', 'Thu, 17 Dec 2026 19:00:00 GMT');
      response.setHeader('age', '7').end();
    });
    await read({ url }, { onExchange: (exchange) => exchanges.push(exchange) });
    expect(exchanges).toMatchObject([{ date: 'Thu, 17 Dec 2026 19:00:00 GMT', ageSeconds: 7 }]);
  });
});

describe('proxies from the environment', () => {
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const target = await serve((request, response) => response.end(`via ${request.headers.host}`));
    const server = createServer();
    const sockets: Socket[] = [];
    server.on('connect', (request, client: Socket) => {
      asked.push(request.url ?? '');
      const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      sockets.push(client, upstream);
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
    });
    const url = await listen(server);
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
    });
    return { url, asked };
  }

  it.each(['proxy.internal:3128', 'socks5://127.0.0.1:1080', 'http://me:hidden@127.0.0.1:none'])(
    'are refused when they are none, without a word of the address: %s',
    async (https_proxy) => {
      const refused = await read(
        { url: 'https://releases.invalid/' },
        { environment: { https_proxy } },
      ).catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({ code: 'EPH-HTTP-PROXY', facts: { variable: 'HTTPS_PROXY' } });
      const { message, remedy } = refused as { readonly message: string; readonly remedy: string };
      expect(message + remedy).not.toMatch(/hidden|127|internal/);
    },
  );

  it('that take connections and say nothing are not waited for once the signal is aborted', async () => {
    const sockets: Socket[] = [];
    const over = new AbortController();
    const mute = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      over.abort(new Error('enough'));
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    const https_proxy = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const asking = read(
      { url: 'https://releases.invalid/', signal: over.signal },
      { environment: { https_proxy } },
    );
    await expect(asking).rejects.toThrow('enough');
  });

  it('are used, but not for loopback nor for what NO_PROXY names', async () => {
    const { url, asked } = await proxy();
    const environment = { http_proxy: url, NO_PROXY: 'direct.invalid' };
    expect(await read({ url: 'http://releases.invalid/x' }, { environment })).toBe(
      '200 via releases.invalid',
    );
    expect(asked).toEqual(['releases.invalid:80']);
    const local = await serve((_, response) => response.end('direct'));
    expect(await read({ url: local }, { environment })).toBe('200 direct');
    await expect(read({ url: 'http://direct.invalid/' }, { environment })).rejects.toMatchObject({
      code: 'EPH-HTTP-UNREACHABLE',
    });
    expect(asked).toHaveLength(1);
  });
});
