import { describe, expect, it } from 'vitest';
import type { ClientDefinition } from '../../core/clients/client.ts';
import type { NodePorts } from '../../core/node/ports.ts';
import { allocateAll, type PortAllocation } from './node-ports.ts';

const definition = {
  ports: [
    { name: 'rpc', protocol: 'tcp', exposure: 'loopback' },
    { name: 'engine', protocol: 'tcp', exposure: 'loopback' },
  ],
} as unknown as ClientDefinition;

function nodeWith(node: string, configured: Record<string, number> = {}, before?: NodePorts) {
  const written: NodePorts[] = [];
  const allocation: PortAllocation = {
    node,
    claims: [{ layer: 'execution', definition, configured }],
    store: {
      readPorts: async () => before,
      writePorts: async (ports) => void written.push(ports),
    },
  };
  return { allocation, written };
}

const nobodyElse = { first: 21_000, inUse: async () => false, reserved: [] };

describe('ports of all nodes of a root', () => {
  it('are given once, apart from each other and from what is reserved or in use', async () => {
    const a = nodeWith('a');
    const b = nodeWith('b');
    const ports = await allocateAll([a.allocation, b.allocation], {
      first: 21_000,
      inUse: async (port) => port === 21_001,
      reserved: [21_000],
    });
    expect(ports.get('a')).toEqual({ 'execution.rpc': 21_002, 'execution.engine': 21_003 });
    expect(ports.get('b')).toEqual({ 'execution.rpc': 21_004, 'execution.engine': 21_005 });
    expect(a.written).toEqual([ports.get('a')]);
  });

  it('stay what they were, though our own programs listen on them now, and are not written again', async () => {
    const before = { 'execution.rpc': 30_000, 'execution.engine': 30_001 };
    const a = nodeWith('a', {}, before);
    const ports = await allocateAll([a.allocation], { ...nobodyElse, inUse: async () => true });
    expect(ports.get('a')).toEqual(before);
    expect(a.written).toEqual([]);
  });

  it('never take one that another node has had', async () => {
    const old = nodeWith('b', {}, { 'execution.rpc': 21_000, 'execution.engine': 21_001 });
    const ports = await allocateAll([nodeWith('a').allocation, old.allocation], nobodyElse);
    expect(ports.get('a')).toEqual({ 'execution.rpc': 21_002, 'execution.engine': 21_003 });
  });

  it('never take one that the configuration gives to another node', async () => {
    const later = nodeWith('b', { rpc: 21_000 });
    const ports = await allocateAll([nodeWith('a').allocation, later.allocation], nobodyElse);
    expect(ports.get('a')).toEqual({ 'execution.rpc': 21_001, 'execution.engine': 21_002 });
  });

  it('are refused when the configuration gives one twice, and nothing is written', async () => {
    const a = nodeWith('a', { rpc: 9000 });
    const b = nodeWith('b', { rpc: 9000 });
    await expect(allocateAll([a.allocation, b.allocation], nobodyElse)).rejects.toMatchObject({
      code: 'EPH-FLEET-PORT-CONFLICT',
    });
    expect([...a.written, ...b.written]).toEqual([]);
  });
});
