import { expect, it } from 'vitest';
import { loopback, open } from '../clients/ports.ts';
import { publishedPorts } from './unit-spec.ts';

const ports = [loopback('rpc'), loopback('metrics'), open('p2p')];
const numbers = { rpc: 1, metrics: 2, p2p: 3 };
const reach = (publish?: readonly string[]) =>
  publishedPorts({ ports }, numbers, publish).map(({ name, protocol, exposure }) =>
    [name, protocol, exposure].join(' '),
  );

it('publishes on loopback what no peer needs, and further what is named', () => {
  const ofPeers = ['p2p tcp public', 'p2p udp public'];
  expect(reach()).toEqual(['rpc tcp loopback', 'metrics tcp loopback', ...ofPeers]);
  expect(reach(['rpc'])).toEqual(['rpc tcp public', 'metrics tcp loopback', ...ofPeers]);
});
