import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { ownerWords, type PortProtocol, portSockets, type SocketTable } from './socket-table.ts';

/** A port that a program of ours is about to take. */
export interface WantedPort {
  readonly port: number;
  readonly protocol: PortProtocol;
  /** Whether it binds the loopback address alone, or all of the host's. */
  readonly exposure: 'loopback' | 'public';
}

/**
 * Who has a port, in words, so that a program of ours could not take it; undefined when it can. The table of sockets is
 * asked first where there is one, and the port is tried only when somebody has it, perhaps on another address: a look
 * at a free port then takes it from nobody for the moment of the trial. Connections that linger after their listener
 * do not count. Who looks at many ports gives `oneLook()`.
 */
export async function portHolder(
  wanted: WantedPort,
  table: SocketTable = portSockets,
): Promise<string | undefined> {
  const sockets = await table(wanted.protocol);
  const holders = sockets?.filter(({ port }) => port === wanted.port);
  if (holders?.length === 0 || (await canTake(wanted))) return undefined;
  const [holder] = holders ?? [];
  return holder === undefined ? 'another program' : ownerWords(holder);
}

/** Whether anybody has this port, on any address, over TCP or UDP: for a choice among ports. */
export async function portInUse(port: number, table: SocketTable = portSockets): Promise<boolean> {
  const [ofTcp, ofUdp] = await Promise.all([table('tcp'), table('udp')]);
  if (ofTcp !== undefined && ofUdp !== undefined)
    return [ofTcp, ofUdp].some((sockets) => sockets.some((socket) => socket.port === port));
  for (const protocol of ['tcp', 'udp'] as const)
    if (!(await canTake({ port, protocol, exposure: 'public' }))) return true;
  return false;
}

/** Found out by trying to. What is wrong with a port but that somebody has it is for its program to say. */
function canTake({ port, protocol, exposure }: WantedPort): Promise<boolean> {
  const address = exposure === 'loopback' ? '127.0.0.1' : '0.0.0.0';
  return new Promise((resolve) => {
    const refused = ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE');
    if (protocol === 'udp') {
      const socket = createSocket('udp4');
      socket.once('error', refused);
      socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
      return;
    }
    const server = createServer();
    server.once('error', refused);
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
