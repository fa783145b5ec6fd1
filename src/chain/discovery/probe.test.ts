import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { concat, utf8 } from './bytes.ts';
import { openEcies, sealEcies } from './ecies.ts';
import { type KeyPair, newKeyPair, signCompact, signRecoverable } from './key-pair.ts';
import { createNodeProbe } from './probe.ts';
import { bytesOf, decodeRlp, encodeRlp, listOf } from './rlp.ts';

const probe = createNodeProbe({ clock: systemClock, timeoutMs: 400 });
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const enodeOf = ({ full }: KeyPair, port: number) =>
  `enode://${Buffer.from(full).toString('hex')}@127.0.0.1:${port}`;

/** Answers each datagram with what `answer` makes of it. */
async function udp(answer: (packet: Uint8Array, port: number) => readonly Uint8Array[]): Promise<number> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (packet, from) => {
    for (const reply of answer(Uint8Array.from(packet), from.port))
      socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket.address().port;
}

async function tcp(serve: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    closing.push(() => socket.destroy());
    serve(socket);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function pong(signer: KeyPair, pingHash: Uint8Array, port: number): Uint8Array {
  const to = [Uint8Array.of(127, 0, 0, 1), port, 0] as const;
  const content = concat(Uint8Array.of(2), encodeRlp([to, pingHash, 2_000_000_000]));
  const signed = concat(signRecoverable(keccak_256(content), signer.secret), content);
  return concat(keccak_256(signed), signed);
}

describe('a discv4 ping', () => {
  it('takes the answer of the node itself, and only to this ping', async () => {
    const node = newKeyPair();
    const port = await udp((packet, from) => [
      Uint8Array.of(1, 2, 3),
      pong(newKeyPair(), packet.slice(0, 32), 1),
      pong(node, new Uint8Array(32), 1),
      pong(node, packet.slice(0, 32), from),
    ]);
    const answer = await probe.discv4(enodeOf(node, port));
    expect(answer).toMatchObject({ answers: true, by: 'discv4' });
    // The others say port 1.
    expect(answer.answers && answer.seenAs).toMatch(/^127\.0\.0\.1:\d{2,}$/);
  });

  it('sends a ping that its specification would read', async () => {
    let asked: readonly unknown[] = [];
    const port = await udp((packet) => {
      expect(Buffer.from(keccak_256(packet.slice(32))).equals(packet.slice(0, 32))).toBe(true);
      asked = listOf(decodeRlp(packet.slice(98)));
      return [];
    });
    await probe.discv4(enodeOf(newKeyPair(), port));
    expect(asked).toHaveLength(4);
    expect([...bytesOf(asked[0] as Uint8Array)]).toEqual([4]);
  });

  it('takes nobody’s answer for the node’s', async () => {
    const other = newKeyPair();
    const port = await udp((packet, from) => [pong(other, packet.slice(0, 32), from)]);
    expect(await probe.discv4(enodeOf(newKeyPair(), port))).toEqual({
      answers: false,
      by: 'discv4',
      reason: 'no answer within 400 ms',
    });
  });
});

describe('an RLPx handshake', () => {
  it('is refused by whoever cannot prove the key', async () => {
    const stranger = newKeyPair();
    const port = await tcp((socket) => {
      socket.once('data', () =>
        socket.write(sealEcies(newKeyPair().full, encodeRlp([stranger.full, stranger.secret, 4]))),
      );
    });
    expect(await probe.rlpx(enodeOf(newKeyPair(), port))).toMatchObject({
      answers: false,
      reason: 'the handshake is not for us',
    });
  });

  it('is sealed for the node that is called', async () => {
    const node = newKeyPair();
    const read = new Promise<Uint8Array>((resolve) => {
      void tcp((socket) => {
        socket.once('data', (data) => resolve(openEcies(node.secret, Uint8Array.from(data))));
      }).then((port) => probe.rlpx(enodeOf(node, port)));
    });
    const [proof, key, nonce] = listOf(decodeRlp(await read));
    expect([proof, key, nonce].map((part) => bytesOf(part).length)).toEqual([65, 64, 32]);
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.end(), 'it hung up'],
    ['says nothing', () => undefined, 'no answer within 400 ms'],
    ['is a web server', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'it hung up'],
  ])('comes to nothing with a host that %s', async (_what, serve, reason) => {
    const port = await tcp(serve);
    expect(await probe.rlpx(enodeOf(newKeyPair(), port))).toEqual({ answers: false, by: 'rlpx', reason });
  });
});

describe('the first words of libp2p', () => {
  const greeting = '\x13/multistream/1.0.0\n';

  /** A record that says no more than where it is reached over TCP. */
  function enrAt(tcpPort: number | undefined): string {
    const { secret, compressed } = newKeyPair();
    const ports = tcpPort === undefined ? [] : [utf8('tcp'), tcpPort];
    const keys = [utf8('id'), utf8('v4'), utf8('ip'), Uint8Array.of(127, 0, 0, 1), utf8('secp256k1')];
    const content = [1, ...keys, compressed, ...ports];
    const signature = signCompact(keccak_256(encodeRlp(content)), secret);
    return `enr:${Buffer.from(encodeRlp([signature, ...content])).toString('base64url')}`;
  }

  it('are answered in kind, by one that waits for them', async () => {
    const port = await tcp((socket) => {
      socket.once('data', (data) => socket.write(data.toString('latin1') === greeting ? greeting : 'na'));
    });
    expect(await probe.libp2p(enrAt(port))).toMatchObject({ answers: true, by: 'libp2p' });
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.end(), 'it hung up'],
    ['says nothing', () => undefined, 'no answer within 400 ms'],
    [
      'is a web server',
      (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'what listens there is no libp2p',
    ],
  ])('come to nothing with a host that %s', async (_what, serve, reason) => {
    const port = await tcp(serve);
    expect(await probe.libp2p(enrAt(port))).toEqual({ answers: false, by: 'libp2p', reason });
  });

  it('are said to nobody who has no TCP port', async () => {
    expect(await probe.libp2p(enrAt(undefined))).toMatchObject({ reason: 'its record has no TCP port' });
  });
});

describe('what is no address', () => {
  it('is called by nobody', async () => {
    expect(await probe.discv4('enode://x')).toMatchObject({ answers: false });
    expect(await probe.discv5('enr:x')).toMatchObject({ answers: false, reason: 'it is no valid record' });
  });
});
