import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, numberOf, utf8 } from './bytes.ts';
import { fullKey, isSignedBy, type KeyPair, signCompact } from './key-pair.ts';
import { bytesOf, decodeRlp, encodeRlp, listOf, type RlpRead } from './rlp.ts';

/** Whom to call, and where. */
export interface NodeAddress {
  /** 64 bytes. */
  readonly key: Uint8Array;
  readonly host: string;
  readonly udpPort: number;
  readonly tcpPort: number;
}

/** An `enode://` URL; undefined when it is none. Source: ethereum/devp2p, enr.md and the wiki's enode form. */
export function parseEnode(text: string): NodeAddress | undefined {
  const match = /^enode:\/\/([0-9a-fA-F]{128})@(.+):([0-9]{1,5})(?:\?discport=([0-9]{1,5}))?$/.exec(text);
  const [, hex = '', host = '', port = '', discoveryPort = port] = match ?? [];
  if (match === null || Number(port) > 65_535) return undefined;
  try {
    const key = fullKey(Uint8Array.from(Buffer.from(hex, 'hex')));
    const plain = host.replace(/^\[|\]$/g, '');
    return { key, host: plain, tcpPort: Number(port), udpPort: Number(discoveryPort) };
  } catch {
    return undefined;
  }
}

/** An EIP-778 record, its signature checked. */
export interface NodeRecord {
  readonly seq: number;
  readonly key33: Uint8Array;
  readonly key: Uint8Array;
  /** keccak256 of the key. */
  readonly nodeId: Uint8Array;
  readonly host?: string;
  readonly udpPort?: number;
  readonly tcpPort?: number;
}

const mostBytes = 300;

/** An `enr:` text; undefined when it is malformed, of another scheme, or not signed by its own key. */
export function parseEnr(text: string): NodeRecord | undefined {
  try {
    const bytes = Uint8Array.from(Buffer.from(text.replace(/^enr:/, ''), 'base64url'));
    return bytes.length > mostBytes ? undefined : readRecord(listOf(decodeRlp(bytes)));
  } catch {
    return undefined;
  }
}

function readRecord([signature, ...content]: readonly RlpRead[]): NodeRecord | undefined {
  const pairs = new Map<string, RlpRead>();
  for (let at = 1; at + 1 < content.length; at += 2) {
    const value = content[at + 1];
    if (value !== undefined) pairs.set(Buffer.from(bytesOf(content[at])).toString('utf8'), value);
  }
  const key33 = bytesOf(pairs.get('secp256k1'));
  const digest = keccak_256(encodeRlp(content));
  const isV4 = Buffer.from(bytesOf(pairs.get('id'))).toString('utf8') === 'v4';
  if (!isV4 || !isSignedBy(bytesOf(signature), digest, key33)) return undefined;
  const key = fullKey(key33);
  const host = hostOf(pairs);
  const port = (name: string) => {
    const value = pairs.get(name);
    return value instanceof Uint8Array ? numberOf(value) : undefined;
  };
  const udpPort = port('udp') ?? port('udp6');
  const tcpPort = port('tcp') ?? port('tcp6');
  return {
    seq: numberOf(bytesOf(content[0])),
    key33,
    key,
    nodeId: keccak_256(key),
    ...(host === undefined ? {} : { host }),
    ...(udpPort === undefined ? {} : { udpPort }),
    ...(tcpPort === undefined ? {} : { tcpPort }),
  };
}

function hostOf(pairs: ReadonlyMap<string, RlpRead>): string | undefined {
  const ip = pairs.get('ip');
  if (ip instanceof Uint8Array && ip.length === 4) return ip.join('.');
  const ip6 = pairs.get('ip6');
  if (ip6 instanceof Uint8Array && ip6.length === 16) return hostText(ip6);
  return undefined;
}

/** 4 or 16 bytes as an address is written. */
export function hostText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: bytes.length / 2 }, (_, index) =>
    numberOf(bytes.slice(index * 2, index * 2 + 2)).toString(16),
  ).join(':');
}

/** A record of our own without an address: we are called by nobody. */
export function ownRecord({ secret, compressed }: KeyPair): Uint8Array {
  const content = [1, utf8('id'), utf8('v4'), utf8('secp256k1'), compressed] as const;
  const signature = signCompact(keccak_256(encodeRlp(content)), secret);
  return encodeRlp([signature, ...content]);
}

export function nodeIdOf(key64: Uint8Array): Uint8Array {
  return keccak_256(concat(key64));
}
