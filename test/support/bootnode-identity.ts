import { keccak_256 } from '@noble/hashes/sha3.js';
import { utf8 } from '../../src/chain/discovery/bytes.ts';
import { type KeyPair, signCompact } from '../../src/chain/discovery/key-pair.ts';
import { encodeRlp } from '../../src/chain/discovery/rlp.ts';

/** What a node on this machine is called by those who speak discv5: an EIP-778 record with its address. */
export function loopbackEnr({ secret, compressed }: KeyPair, port: number): string {
  const content = [
    ...[1, utf8('id'), utf8('v4'), utf8('ip'), Uint8Array.of(127, 0, 0, 1)],
    ...[utf8('secp256k1'), compressed, utf8('tcp'), port, utf8('udp'), port],
  ];
  const signature = signCompact(keccak_256(encodeRlp(content)), secret);
  return `enr:${Buffer.from(encodeRlp([signature, ...content])).toString('base64url')}`;
}

/** The same for those who speak discv4. */
export function loopbackEnode({ full }: KeyPair, port: number): string {
  return `enode://${Buffer.from(full).toString('hex')}@127.0.0.1:${port}`;
}
