import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { portHolder, portInUse } from './port-holder.ts';
import { oneLook, type PortProtocol, socketsOf } from './socket-table.ts';

const onLoopback = { protocol: 'tcp', exposure: 'loopback' } as const;
const onAll = { protocol: 'tcp', exposure: 'public' } as const;
const isLinux = process.platform === 'linux';

const open: { close(done: () => void): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await new Promise<void>((resolve) => one.close(resolve));
});

async function listen(options: ListenOptions): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen({ port: 0, ...options });
  await once(server, 'listening');
  open.push(server);
  return { server, port: (server.address() as AddressInfo).port };
}

describe('who has a port', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::'])(
    'is told of a listener on %s, whichever we would bind',
    async (host) => {
      const listening = await listen({ host }).catch((cause: NodeJS.ErrnoException) => cause.code);
      // A host without IPv6 has nobody there to be told of.
      if (typeof listening !== 'object') return expect([host, listening]).toEqual(['::', 'EAFNOSUPPORT']);
      const { port } = listening;
      const said = isLinux ? `process ${process.pid}, working in ${process.cwd()}` : 'another program';
      for (const wanted of [onLoopback, onAll]) expect(await portHolder({ ...wanted, port })).toContain(said);
      expect(await portInUse(port)).toBe(true);
    },
  );

  it('is nobody where somebody listens on another address alone', async (context) => {
    context.skip(!isLinux, 'this system has no second loopback address');
    const { port } = await listen({ host: '127.0.0.2' });
    expect(await portHolder({ ...onLoopback, port })).toBeUndefined();
    expect(await portHolder({ ...onAll, port })).toBeDefined();
    expect(await portInUse(port)).toBe(true);
  });

  it('is told of UDP too, apart from TCP', async () => {
    const socket = createSocket('udp4');
    socket.bind({ port: 0, address: '127.0.0.1' });
    await once(socket, 'listening');
    open.push({ close: (done) => socket.close(done) });
    const { port } = socket.address();
    expect(await portHolder({ port, protocol: 'udp', exposure: 'public' })).toBeDefined();
    expect(await portHolder({ ...onAll, port })).toBeUndefined();
    expect(await portInUse(port)).toBe(true);
  });

  it('is nobody once the listener is gone, though connections to it linger', async () => {
    const { server, port } = await listen({ host: '127.0.0.1' });
    const client = connect(port, '127.0.0.1');
    const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    // The side that ends first is the one that lingers.
    accepted.end();
    client.end();
    await Promise.all([once(accepted, 'close'), once(client, 'close')]);
    await new Promise((resolve) => server.close(resolve));
    expect(await portHolder({ ...onLoopback, port })).toBeUndefined();
    expect(await portInUse(port)).toBe(false);
  });

  it('is nobody, however many look at once', async (context) => {
    context.skip(!isLinux, 'a port is tried where the system has no table of sockets');
    const { server, port } = await listen({ host: '127.0.0.1' });
    await new Promise((resolve) => server.close(resolve));
    const looks = Array.from({ length: 20 }, () => portHolder({ ...onAll, port }));
    expect(new Set(await Promise.all(looks))).toEqual(new Set([undefined]));
  });

  it('names a program by its name and folder, and not by its arguments', async () => {
    const script =
      "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))";
    const child = spawn(process.execPath, ['-e', script, 'a-secret'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(child.stdout, 'data');
      const words = await portHolder({ ...onLoopback, port: Number(String(line)) });
      const told = `node (process ${child.pid}, working in ${process.cwd()})`;
      expect(words).toBe(isLinux ? told : 'another program');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});

describe('the table of sockets', () => {
  // Rows as proc(5) shows them: one listener, one connection of TCP.
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:5208 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0',
    '   1: 0100007F:5209 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 20 4 30 10 -1',
  ].join('\n');

  it('has the listeners of TCP, and every socket of UDP', () => {
    expect(socketsOf(table, 'tcp')).toEqual([{ port: 21_000, userId: 1000, inode: '4242' }]);
    expect(socketsOf(table, 'udp').map(({ port }) => port)).toEqual([21_000, 21_001]);
    expect(socketsOf('', 'tcp')).toEqual([]);
  });

  it('is read once by who looks at many ports', async () => {
    const reads: PortProtocol[] = [];
    const look = oneLook(async (protocol) => {
      reads.push(protocol);
      return socketsOf(table, protocol);
    });
    const inUse = [];
    for (let port = 21_000; port < 21_800; port += 1) if (await portInUse(port, look)) inUse.push(port);
    await Promise.all([30_000, 30_001].map((port) => portHolder({ ...onAll, port }, look)));
    expect(inUse).toEqual([21_000, 21_001]);
    expect(reads).toEqual(['tcp', 'udp']);
  });
});
