import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Lets a service of this host's loopback be reached under every address of the host, as containers need it. */
export class PortForwarder {
  private readonly server: Server;
  private readonly open = new Set<Socket>();

  static async to(port: number): Promise<PortForwarder> {
    const forwarder = new PortForwarder(port);
    forwarder.server.listen(0, '0.0.0.0');
    await once(forwarder.server, 'listening');
    return forwarder;
  }

  private constructor(to: number) {
    this.server = createServer((from) => {
      const service = connect(to, '127.0.0.1');
      for (const [one, other] of [
        [from, service],
        [service, from],
      ] as const) {
        this.open.add(one);
        one.once('error', () => other.destroy());
        one.once('close', () => {
          this.open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
