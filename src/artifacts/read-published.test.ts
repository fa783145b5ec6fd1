import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { HttpClient } from '../base/http.ts';
import { readPublished } from './read-published.ts';

const http = new HttpClient({ environment: {} });
const refuse = (problem: string) => new Error(`refused: ${problem}`);

async function publisher(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sums`;
}

it('gives what the publisher says', async () => {
  expect(await readPublished(http, { url: await publisher(200, 'a sum'), refuse })).toBe('a sum');
});

it('refuses what a publisher that answers does not give', async () => {
  const gone = readPublished(http, { url: await publisher(404, ''), refuse });
  await expect(gone).rejects.toThrow('refused: it answered with status 404');
});

it('says nothing against the file when nobody answers', async () => {
  const url = `http://127.0.0.1:${await freePort()}/sums`;
  await expect(readPublished(http, { url, refuse })).rejects.toMatchObject({
    code: 'EPH-ARTIFACT-FETCH',
    message: expect.stringContaining('did not answer'),
  });
});
