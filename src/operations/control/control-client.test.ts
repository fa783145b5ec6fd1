import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { createControlClient } from './control-client.ts';

let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-control-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Lets real connections be made while virtual time goes by. */
async function pass(clock: VirtualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the client of the control API', () => {
  it('waits for a slow answer on a connection that an earlier call left open', async () => {
    const clock = new VirtualClock(0);
    const socket = join(folder, 'control.sock');
    const connections = new Set<unknown>();
    server = createServer(async (request, response) => {
      if (request.url === '/') return void response.writeHead(404).end();
      connections.add(request.socket);
      // Longer than a connection may take to be made.
      if (request.url === '/v1/down') await pass(clock, 20);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ nodes: [] }));
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    const client = createControlClient(socket, clock);
    await client.hold({});
    await new Promise((resolve) => setImmediate(resolve));
    expect(await client.down()).toEqual({ nodes: [] });
    expect(connections.size).toBe(1);
  });

  /** Somebody who answers as long as they are well, and owes an answer to whoever asks something of them. */
  async function owing(begin: (response: ServerResponse) => void) {
    const socket = join(folder, 'control.sock');
    const they = { areWell: true };
    const asked = new Promise<ServerResponse>((resolve) => {
      server = createServer((request, response) => {
        if (request.url === '/') return they.areWell ? void response.writeHead(404).end() : undefined;
        begin(response);
        resolve(response);
      });
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    const clock = new VirtualClock(0);
    return { they, asked, clock, client: createControlClient(socket, clock) };
  }

  it('waits for as long as work takes with one who lives', async () => {
    const { clock, client, asked } = await owing(() => undefined);
    const applied = client.apply();
    const response = await asked;
    await pass(clock, 120);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ nodes: ['home'] }));
    expect(await applied).toEqual({ nodes: ['home'] });
  });

  it.each([
    ['before the answer', () => undefined],
    ['within it', (response: ServerResponse) => void response.writeHead(200).write('{"nodes":')],
  ] as const)('does not wait for one who stops %s', async (_, begin) => {
    const { they, clock, client, asked } = await owing(begin);
    const applied = expect(client.apply()).rejects.toMatchObject({ code: 'EPH-CONTROL-UNREACHABLE' });
    await asked;
    await pass(clock, 10);
    they.areWell = false;
    await pass(clock, 15);
    await applied;
  });

  it('ends a stream of one who stops, with the error, and of one who is left, without', async () => {
    const begin = (response: ServerResponse) =>
      void response.writeHead(200).write('{"type":"a","seq":1,"atMs":1}\n');
    const { they, clock, client } = await owing(begin);
    const leave = new AbortController();
    const read = async () => {
      for await (const { seq } of client.events({}, leave.signal)) expect(seq).toBe(1);
      return 'left';
    };
    const left = read();
    await pass(clock, 30);
    leave.abort();
    expect(await left).toBe('left');
    const stayed = new AbortController();
    const stopped = (async () => {
      for await (const { seq } of client.events({}, stayed.signal)) expect(seq).toBe(1);
    })();
    const refused = expect(stopped).rejects.toMatchObject({ code: 'EPH-CONTROL-UNREACHABLE' });
    await pass(clock, 10);
    they.areWell = false;
    await pass(clock, 15);
    await refused;
  });
});
