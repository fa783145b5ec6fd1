import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { concat, numberOf, utf8 } from './bytes.ts';
import { idSignature, maskHeader, open, type SessionKeys, seal, sessionKeys } from './discv5-keys.ts';
import { type KeyPair, newKeyPair } from './key-pair.ts';
import { hostText, type NodeRecord, nodeIdOf, ownRecord } from './node-address.ts';
import { bytesOf, decodeRlp, encodeRlp, listOf } from './rlp.ts';
import { type UdpTalk, udpExchange } from './udp-exchange.ts';

const flags = { message: 0, whoAreYou: 1, handshake: 2 } as const;
const types = { ping: 1, pong: 2 } as const;
const ivBytes = 16;
/** Protocol id, version, flag, nonce, size of the authentication data. */
const staticBytes = 6 + 2 + 1 + 12 + 2;

interface Packet {
  readonly flag: number;
  readonly nonce: Uint8Array;
  readonly authData: Uint8Array;
  /** Masking IV and header, unmasked: what a message is bound to. */
  readonly head: Uint8Array;
  readonly message: Uint8Array;
}

export interface Discv5Target {
  readonly record: NodeRecord;
  readonly host: string;
  readonly udpPort: number;
}

/**
 * Pings a node by the discovery protocol v5.1: a packet that it cannot read, its challenge, the handshake with the
 * ping in it. Gives our address as the node saw it; rejects when no answer sealed with the session's key
 * came. Source: ethereum/devp2p, discv5-wire.md and discv5-theory.md.
 */
export function pingDiscv5(
  { record, host, udpPort }: Discv5Target,
  timing: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<{ readonly seenAs?: string }> {
  const own = newKeyPair();
  const ourId = nodeIdOf(own.full);
  return udpExchange({ host, port: udpPort }, timing, async (talk) => {
    const challenge = await challenged(talk, { ourId, record });
    const ephemeral = newKeyPair();
    const parts = { challenge, ephemeral, ourId, theirId: record.nodeId, theirKey33: record.key33 };
    const keys = sessionKeys(parts);
    const proof = idSignature(parts, own.secret);
    talk.send(handshakePacket({ own, ourId, record, ephemeral, proof, keys }));
    return pongTo(talk, ourId, keys);
  });
}

async function challenged(
  { send, receive }: UdpTalk,
  { ourId, record }: { readonly ourId: Uint8Array; readonly record: NodeRecord },
): Promise<Uint8Array> {
  const nonce = random(12);
  const header = headerOf(flags.message, nonce, ourId);
  send(packetOf(record.nodeId, header, () => random(44)));
  for (;;) {
    const packet = readPacket(await receive(), ourId);
    const isOurs = packet?.flag === flags.whoAreYou && Buffer.compare(packet.nonce, nonce) === 0;
    if (packet !== undefined && isOurs) return packet.head;
  }
}

async function pongTo(
  { receive }: UdpTalk,
  ourId: Uint8Array,
  keys: SessionKeys,
): Promise<{ readonly seenAs?: string }> {
  for (;;) {
    const packet = readPacket(await receive(), ourId);
    if (packet?.flag !== flags.message) continue;
    const seen = readPong(packet, keys);
    if (seen !== undefined) return seen;
  }
}

function readPong(
  { nonce, head, message }: Packet,
  keys: SessionKeys,
): { readonly seenAs?: string } | undefined {
  try {
    const text = open({ key: keys.theirs, nonce, head }, message);
    if (text[0] !== types.pong) return undefined;
    const [, , ip, port] = listOf(decodeRlp(text.slice(1)));
    return { seenAs: `${hostText(bytesOf(ip))}:${numberOf(bytesOf(port))}` };
  } catch {
    return undefined;
  }
}

function handshakePacket(parts: {
  readonly own: KeyPair;
  readonly ourId: Uint8Array;
  readonly record: NodeRecord;
  readonly ephemeral: KeyPair;
  readonly proof: Uint8Array;
  readonly keys: SessionKeys;
}): Uint8Array {
  const { own, ourId, record, ephemeral, proof, keys } = parts;
  const sizes = Uint8Array.of(proof.length, ephemeral.compressed.length);
  const authData = concat(ourId, sizes, proof, ephemeral.compressed, ownRecord(own));
  const nonce = random(12);
  const ping = concat(Uint8Array.of(types.ping), encodeRlp([random(4), 1]));
  const header = headerOf(flags.handshake, nonce, authData);
  return packetOf(record.nodeId, header, (head) => seal({ key: keys.ours, nonce, head }, ping));
}

function headerOf(flag: number, nonce: Uint8Array, authData: Uint8Array): Uint8Array {
  const size = Uint8Array.of(authData.length >> 8, authData.length & 0xff);
  return concat(utf8('discv5'), Uint8Array.of(0, 1, flag), nonce, size, authData);
}

function packetOf(
  destinationId: Uint8Array,
  header: Uint8Array,
  message: (head: Uint8Array) => Uint8Array,
): Uint8Array {
  const iv = random(ivBytes);
  return concat(iv, maskHeader(destinationId, iv, header), message(concat(iv, header)));
}

/** Undefined for whatever is no packet to us. */
function readPacket(datagram: Uint8Array, ourId: Uint8Array): Packet | undefined {
  if (datagram.length < ivBytes + staticBytes) return undefined;
  const iv = datagram.slice(0, ivBytes);
  const unmasked = maskHeader(ourId, iv, datagram.slice(ivBytes));
  if (Buffer.from(unmasked.slice(0, 6)).toString('latin1') !== 'discv5') return undefined;
  const headerBytes = staticBytes + numberOf(unmasked.slice(21, 23));
  if (datagram.length < ivBytes + headerBytes) return undefined;
  return {
    flag: unmasked[8] ?? -1,
    nonce: unmasked.slice(9, 21),
    authData: unmasked.slice(staticBytes, headerBytes),
    head: concat(iv, unmasked.slice(0, headerBytes)),
    message: datagram.slice(ivBytes + headerBytes),
  };
}

function random(length: number): Uint8Array {
  return Uint8Array.from(randomBytes(length));
}
