import { createServer } from 'node:net';

/** Whether a program listens on this port of the loopback interface or of all of them; found out by trying to. */
export function portInUse(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    // Without a host: all interfaces, so that neither a listener on loopback nor one on all is overlooked.
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
