import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { HttpClient } from '../../base/http.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { openCheckpointProvider } from './checkpoint-provider.ts';

const root = `0x${'ab'.repeat(32)}`;
const servers: Server[] = [];
const http = new HttpClient({ environment: {} });

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  await http.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const json =
  (value: unknown): RequestListener =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

describe('a checkpoint provider over HTTP', () => {
  it('tells network, finalized checkpoint and roots by the routes that checkpointz has too', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      const data = {
        genesis_validators_root: root.toUpperCase().replace('0X', '0x'),
        finalized: { epoch: '7', root },
        root,
      };
      json({ data })(request, response);
    });
    const provider = openCheckpointProvider(`${url}/`, { http, clock: systemClock });
    expect(await provider.genesisValidatorsRoot()).toEqual({ known: true, value: root });
    expect(await provider.finalized()).toEqual({ known: true, value: { epoch: 7, root } });
    expect(await provider.blockRoot(224)).toEqual({ known: true, value: root });
    expect(asked).toEqual([
      '/eth/v1/beacon/genesis',
      '/eth/v1/beacon/states/head/finality_checkpoints',
      '/eth/v1/beacon/blocks/224/root',
    ]);
  });

  it('makes nothing of errors, other forms, pages, and redirects to another host', async () => {
    const elsewhere = await serve(json({ data: { genesis_validators_root: root } }));
    const hostile: RequestListener[] = [
      (_q, response) => response.writeHead(429).end(),
      json({ data: { genesis_validators_root: 7 } }),
      json({ data: { genesis_validators_root: `${root}00` } }),
      (_q, response) => response.end('<html>'),
      (_q, response) => response.writeHead(302, { location: `${elsewhere}/eth/v1/beacon/genesis` }).end(),
      (_q, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      (request) => request.socket.destroy(),
    ];
    const answers = await Promise.all(
      hostile.map(async (listener) =>
        openCheckpointProvider(await serve(listener), { http, clock: systemClock }).genesisValidatorsRoot(),
      ),
    );
    expect(answers.map(({ known }) => known)).toEqual(hostile.map(() => false));
    expect(answers[0]).toEqual({ known: false, reason: 'status 429' });
    expect(answers[4]).toEqual({ known: false, reason: 'it sends us elsewhere' });
  });

  it('reads no more than a small answer, and closes the rest', async () => {
    let sentBytes = 0;
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) sentBytes += 65_536;
      };
      response.on('drain', more);
      more();
    });
    const answer = await openCheckpointProvider(url, { http, clock: systemClock }).finalized();
    expect(answer).toMatchObject({ known: false, reason: expect.stringContaining('larger') });
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  });

  it('gives up on one that drips', async () => {
    const clock = new VirtualClock(0);
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const url = await serve((_request, response) => {
      response.write('{');
      arrived();
    });
    const answer = openCheckpointProvider(url, { http, clock }).finalized();
    await asked;
    await clock.advance(8_001);
    expect(await answer).toEqual({ known: false, reason: 'no answer within 8000 ms' });
  });
});
