import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
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

describe('the client of the control API', () => {
  it('waits for a slow answer on a connection that an earlier call left open', async () => {
    const clock = new VirtualClock(0);
    const socket = join(folder, 'control.sock');
    let connections = 0;
    server = createServer(async (request, response) => {
      // Longer than a connection may take to be made.
      if (request.url === '/v1/down') await clock.advance(20_000);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ nodes: [] }));
    }).on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    const client = createControlClient(socket, clock);
    await client.hold({});
    await new Promise((resolve) => setImmediate(resolve));
    expect(await client.down()).toEqual({ nodes: [] });
    expect(connections).toBe(1);
  });
});
