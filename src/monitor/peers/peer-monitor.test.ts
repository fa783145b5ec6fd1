import { describe, expect, it } from 'vitest';
import { type Answer, known, unknown } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { PeerInfo } from '../../chain/node-network.ts';
import { PeerMonitor } from './peer-monitor.ts';

const outbound = (count: number): readonly PeerInfo[] =>
  Array.from({ length: count }, () => ({ direction: 'outbound', client: 'Geth/v1' }));

class Node {
  readonly clock = new VirtualClock(0);
  execution: Answer<readonly PeerInfo[]> = known(outbound(20));
  consensus: Answer<readonly PeerInfo[]> = known([...outbound(20), { direction: 'inbound' }]);
  count: Answer<number> = unknown('no such method');
  readonly monitor = new PeerMonitor({
    node: 'home',
    clock: this.clock,
    execution: { peers: async () => this.execution, peerCount: async () => this.count },
    beacon: { peers: async () => this.consensus, peerCount: async () => this.count },
    ports: { execution: 'TCP and UDP 30303', consensus: 'TCP and UDP 9000' },
  });

  async watch(minutes: number): Promise<readonly string[]> {
    for (let passed = 0; passed < minutes; passed += 1) {
      await this.monitor.sample();
      await this.clock.advance(60_000);
    }
    return this.monitor.findings().map(({ code, subject }) => `${code} ${subject.layer}`);
  }
}

describe('the peer monitor', () => {
  it('finds a closed port only after half an hour without anybody from outside', async () => {
    const node = new Node();
    expect(await node.watch(29)).toEqual([]);
    expect(await node.watch(2)).toEqual(['EPH-PEERS-NO-INBOUND execution']);
    node.execution = known([...outbound(2), { direction: 'inbound' }]);
    expect(await node.watch(1)).toEqual([]);
  });

  it('finds a client without peers, and keeps since when over a silence', async () => {
    const node = new Node();
    node.consensus = known([]);
    expect(await node.watch(5)).toEqual([]);
    node.consensus = unknown('ECONNREFUSED');
    expect(await node.watch(10)).toEqual([]);
    node.consensus = known([]);
    expect(await node.watch(1)).toEqual(['EPH-PEERS-NONE consensus']);
  });

  it('makes no direction of a bare count', async () => {
    const node = new Node();
    node.execution = unknown('admin_peers: not there');
    node.count = known(7);
    expect(await node.watch(60)).toEqual([]);
    const [execution] = node.monitor.figures();
    expect(execution?.peers).toEqual({ known: true, value: { connected: 7, clients: [] } });
  });
});
