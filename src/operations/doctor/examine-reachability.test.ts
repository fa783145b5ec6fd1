import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { utf8 } from '../../chain/discovery/bytes.ts';
import { newKeyPair, signCompact } from '../../chain/discovery/key-pair.ts';
import { encodeRlp } from '../../chain/discovery/rlp.ts';
import type { OwnIdentity, PeerInfo } from '../../chain/node-network.ts';
import type { NodeProbe, ProbeAnswer, ProbeWay } from '../../chain/node-probe.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { examineReachability } from './examine-reachability.ts';

const key = Buffer.from(newKeyPair().full).toString('hex');
const enodeAt = (host: string) => `enode://${key}@${host}:30303`;

/** A signed record with these ports. */
function enrAt(ip: Uint8Array, { udp, tcp }: { udp: number; tcp: number | undefined }): string {
  const { secret, compressed } = newKeyPair();
  const ports = [...(tcp === undefined ? [] : [utf8('tcp'), tcp]), utf8('udp'), udp];
  const content = [1, utf8('id'), utf8('v4'), utf8('ip'), ip, utf8('secp256k1'), compressed, ...ports];
  const signature = signCompact(keccak_256(encodeRlp(content)), secret);
  return `enr:${Buffer.from(encodeRlp([signature, ...content])).toString('base64url')}`;
}

function node(followUrl?: string): AssembledNode {
  const client = (apiPort: string) => ({
    definition: {
      ports: [
        { name: 'p2p', protocol: 'tcp+udp', exposure: 'public' },
        { name: apiPort, protocol: 'tcp', exposure: 'loopback' },
      ],
    },
    ports: { p2p: 30_303, [apiPort]: 1 },
  });
  const bundle = { enodes: ['boot'], bootstrapEnrs: [] };
  return {
    setup: {
      name: 'home',
      network: publicNetwork,
      execution: client('rpc'),
      consensus: { ...client('api'), ...(followUrl === undefined ? {} : { followUrl }) },
    },
    environment: { clock: new VirtualClock(1_790_000_000_000), releases: { held: async () => [bundle] } },
  } as unknown as AssembledNode;
}

interface Scene {
  readonly identity?: OwnIdentity;
  /** What the consensus client says of itself. */
  readonly beacon?: OwnIdentity;
  readonly peers?: readonly PeerInfo[];
  /** Ways by which our own client is answered at its announced address. */
  readonly open?: readonly ProbeWay[];
  readonly bootnodes?: boolean;
}

async function examine({ identity, beacon, peers = [], open = [], bootnodes = true }: Scene, one = node()) {
  const answer = (by: ProbeWay, record: string): ProbeAnswer => {
    const isUp = record === 'boot' ? bootnodes : open.includes(by);
    return isUp
      ? { answers: true, by, tookMs: 1, seenAs: '203.0.113.7:40000' }
      : { answers: false, by, reason: 'no answer within 3000 ms' };
  };
  const probe: NodeProbe = {
    discv4: async (record) => answer('discv4', record),
    rlpx: async (record) => answer('rlpx', record),
    discv5: async (record) => answer('discv5', record),
    libp2p: async (record) => answer('libp2p', record),
  };
  const findings = await examineReachability([one], {
    probe,
    execution: () => ({
      identity: async () => (identity === undefined ? unknown('ECONNREFUSED') : known(identity)),
      peers: async () => known(peers),
    }),
    beacon: () => ({
      identity: async () => (beacon === undefined ? unknown('ECONNREFUSED') : known(beacon)),
      peers: async () => known([]),
    }),
  });
  return findings;
}

const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

describe('whether peers reach a node', () => {
  it('is yes when one has called from outside, whatever else', async () => {
    const identity = { enode: enodeAt('203.0.113.7'), addresses: [] };
    expect(await examine({ identity, peers: [{ direction: 'inbound' }] })).toEqual([]);
  });

  it('is told by each port that does not answer outside, in plain words', async () => {
    const identity = { enode: enodeAt('203.0.113.7'), addresses: [] };
    const findings = await examine({ identity, open: ['discv4'] });
    expect(codes(findings)).toEqual(['EPH-PEERS-PORT-CLOSED', 'EPH-PEERS-FORWARD']);
    expect(findings[0]?.long).toContain('203.0.113.7:30303 (TCP)');
    expect(findings[1]?.long).toContain('TCP and UDP 30303 at 203.0.113.7 must lead to this machine');
  });

  it.each([
    { open: ['discv5'] as const, tcp: 9_000, closed: ['203.0.113.9:9000 (TCP)'] },
    { open: ['libp2p'] as const, tcp: 9_000, closed: ['203.0.113.9:9001 (UDP)'] },
    { open: ['discv5', 'libp2p'] as const, tcp: 9_000, closed: [] },
    // One that speaks only QUIC announces no TCP port.
    { open: ['discv5'] as const, tcp: undefined, closed: [] },
  ])('is told of a consensus client by both ways: $open of tcp $tcp', async ({ open, tcp, closed }) => {
    const beacon = { enr: enrAt(Uint8Array.of(203, 0, 113, 9), { udp: 9_001, tcp }), addresses: [] };
    const findings = await examine({ beacon, open });
    const told = findings.filter(({ code }) => code === 'EPH-PEERS-PORT-CLOSED').map(({ long }) => long);
    expect(told).toHaveLength(closed.length);
    for (const [at, words] of closed.entries()) expect(told[at]).toContain(`announces ${words}`);
  });

  it('says when a client announces what nobody outside can reach', async () => {
    const identity = { enode: enodeAt('192.168.1.5'), addresses: [] };
    const findings = await examine({ identity });
    expect(codes(findings)).toEqual(['EPH-PEERS-ADDRESS', 'EPH-PEERS-FORWARD']);
    expect(findings[1]?.facts).toMatchObject({ outer: '203.0.113.7' });
  });

  it('does not know an outer address that nobody told', async () => {
    const identity = { enode: enodeAt('10.0.0.5'), addresses: [] };
    const findings = await examine({ identity, bootnodes: false });
    expect(codes(findings)).toEqual(['EPH-PEERS-BOOTNODES-DEAD', 'EPH-PEERS-ADDRESS', 'EPH-PEERS-FORWARD']);
    expect(findings[2]?.facts).toMatchObject({ outer: 'your outer address' });
  });

  it('is not asked of clients that are down, nor of a simulated network', async () => {
    expect(await examine({})).toEqual([]);
    const identity = { enode: enodeAt('10.0.0.5'), addresses: [] };
    expect(await examine({ identity, bootnodes: false }, node('http://127.0.0.1:1'))).toEqual([]);
  });
});
