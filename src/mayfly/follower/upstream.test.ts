import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Upstream } from './upstream.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function upstreamOf(listener: RequestListener, timeoutMs?: number) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stopping = new AbortController();
  const { port } = server.address() as AddressInfo;
  const upstream = new Upstream(`http://127.0.0.1:${port}`, stopping.signal, timeoutMs);
  onTestFinished(async () => {
    await upstream.close();
    server.closeAllConnections();
    server.close();
  });
  return { upstream, stopping };
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('what is asked of the producer', () => {
  it('ends with the signal, after garbage collections too, when nothing is answered', async () => {
    const { upstream, stopping } = await upstreamOf(() => undefined, 60_000);
    const asked = upstream.block(7).catch((reason: unknown) => reason);
    for (let i = 0; i < 3; i++) {
      await nextTurn();
      collectGarbage();
    }
    stopping.abort('stop');
    expect(await asked).toBe('stop');
  });

  it('ends with the signal, after garbage collections too, while events are awaited', async () => {
    const { upstream, stopping } = await upstreamOf((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const events = upstream.events(new AbortController().signal);
    const next = events.next().catch((reason: unknown) => reason);
    for (let i = 0; i < 3; i++) {
      await nextTurn();
      collectGarbage();
    }
    stopping.abort('stop');
    expect(await next).toBe('stop');
  });

  it('is given up when the answer trickles', async () => {
    const { upstream } = await upstreamOf((_, response) => {
      response.writeHead(200).flushHeaders();
      const drip = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(drip));
    }, 200);
    await expect(upstream.block(7)).rejects.toMatchObject({
      code: 'EPH-MAYFLY-UPSTREAM',
      facts: { reason: expect.stringContaining('no answer within 200 ms') },
    });
  });

  it('is cut off when the answer is larger than any block', async () => {
    const { upstream } = await upstreamOf((_, response) => {
      const piece = Buffer.alloc(1024 * 1024);
      const pour = () => {
        while (response.write(piece));
        response.once('drain', pour);
      };
      pour();
    }, 10_000);
    await expect(upstream.block(7)).rejects.toMatchObject({
      facts: { reason: expect.stringContaining('exceeds') },
    });
  });

  it('is not redirected elsewhere', async () => {
    const { upstream } = await upstreamOf((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    await expect(upstream.head()).rejects.toMatchObject({ code: 'EPH-MAYFLY-UPSTREAM' });
  });

  it('refuses an event beyond any size', async () => {
    const { upstream } = await upstreamOf((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${'x'.repeat(2 * 1024 * 1024)}`);
    });
    const events = upstream.events(new AbortController().signal);
    await expect(events.next()).rejects.toThrow('too long');
  });
});
