import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Clock } from '../../base/clock.ts';
import { concat, equal, numberOf } from './bytes.ts';
import { newKeyPair, recoverKey, signRecoverable } from './key-pair.ts';
import { hostText, type NodeAddress } from './node-address.ts';
import { bytesOf, decodeRlp, encodeRlp, listOf } from './rlp.ts';
import { udpExchange } from './udp-exchange.ts';

const pingType = 1;
const pongType = 2;
const headBytes = 32 + 65;
const validSeconds = 20;

/**
 * Pings a node by the discovery protocol v4 and gives our address as it saw it. Rejects when no answer with the
 * node's own signature came. Source: ethereum/devp2p, discv4.md.
 */
export async function pingDiscv4(
  { key, host, udpPort, tcpPort }: NodeAddress,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<{ readonly seenAs?: string }> {
  const own = newKeyPair();
  const nobody = [Uint8Array.of(0, 0, 0, 0), 0, 0] as const;
  const expiration = Math.floor(clock.nowMs() / 1_000) + validSeconds;
  const to = [addressBytes(host), udpPort, tcpPort] as const;
  const content = concat(Uint8Array.of(pingType), encodeRlp([4, nobody, to, expiration]));
  const signed = concat(signRecoverable(keccak_256(content), own.secret), content);
  const hash = keccak_256(signed);
  return udpExchange({ host, port: udpPort }, { clock, timeoutMs }, async ({ send, receive }) => {
    send(concat(hash, signed));
    for (;;) {
      const seen = readPong(await receive(), { key, pingHash: hash });
      if (seen !== undefined) return seen;
    }
  });
}

/** Undefined for whatever is no answer of this node to this ping. */
function readPong(
  packet: Uint8Array,
  asked: { readonly key: Uint8Array; readonly pingHash: Uint8Array },
): { readonly seenAs?: string } | undefined {
  if (packet.length <= headBytes || packet[headBytes] !== pongType) return undefined;
  try {
    const signature = packet.slice(32, headBytes);
    if (!equal(recoverKey(signature, keccak_256(packet.slice(headBytes))), asked.key)) return undefined;
    const [endpoint, pingHash] = listOf(decodeRlp(packet.slice(headBytes + 1)));
    if (!equal(bytesOf(pingHash), asked.pingHash)) return undefined;
    const [ip, port] = listOf(endpoint);
    return { seenAs: `${hostText(bytesOf(ip))}:${numberOf(bytesOf(port))}` };
  } catch {
    return undefined;
  }
}

/** What the node is told of its own address; names are left out, for it does not use it. */
function addressBytes(host: string): Uint8Array {
  const parts = host.split('.').map(Number);
  const isV4 = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isV4 ? Uint8Array.from(parts) : Uint8Array.of(0, 0, 0, 0);
}
