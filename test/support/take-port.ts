import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Listens on a port of the loopback address, any or this one, as a program that is none of ours. */
export async function takeLoopbackPort(
  wanted = 0,
): Promise<{ readonly port: number; leave(): Promise<void> }> {
  const callers = new Set<Socket>();
  const server = createServer((socket) => void callers.add(socket.on('error', () => undefined)));
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    // Who came in is put out: the server would wait for them for ever.
    leave: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const caller of callers) caller.destroy();
      }),
  };
}
