import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { readValidatorStates } from './validator-states.ts';

const key = `0x${'a'.repeat(96)}`;
let server: Server | undefined;
let asked: string[] = [];

afterEach(() => {
  asked = [];
  server?.closeAllConnections();
  server?.close();
});

async function serve(reply: unknown, status = 200): Promise<string> {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url} ${body}`);
    response.statusCode = status;
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const entry = {
  index: '12',
  balance: '32000000001',
  status: 'active_ongoing',
  validator: { pubkey: key.toUpperCase().replace('0X', '0x') },
};

it('asks for validators by their keys, and knows them by these', async () => {
  const url = await serve({ data: [entry] });
  const states = await readValidatorStates({ url: `${url}/`, pubkeys: [key] });
  expect(states).toEqual({
    known: true,
    value: new Map([[key, { index: 12, status: 'active_ongoing', balanceGwei: 32_000_000_001 }]]),
  });
  expect(asked).toEqual([`POST /eth/v1/beacon/states/head/validators {"ids":["${key}"]}`]);
});

it.each([
  ['an error', { data: [entry] }, 503],
  ['another shape', { data: [{ ...entry, index: 'x' }] }, 200],
  ['nothing', {}, 200],
])('takes %s as unknown', async (_what, reply, status) => {
  const states = await readValidatorStates({ url: await serve(reply, status), pubkeys: [key] });
  expect(states.known).toBe(false);
});
