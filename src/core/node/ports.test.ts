import { describe, expect, it } from 'vitest';
import { allocatePorts, type PortRequest, portConflicts, portsOf } from './ports.ts';

const port = (name: string) => ({ name, protocol: 'tcp', exposure: 'loopback' }) as const;
const requests = (configured: Record<string, number> = {}): readonly PortRequest[] => [
  { layer: 'execution', declared: [port('rpc'), port('engine')], configured },
  { layer: 'consensus', declared: [port('api')], configured: {} },
];
const give = (more: Partial<Parameters<typeof allocatePorts>[1]> = {}, configured = {}) =>
  allocatePorts(requests(configured), { before: {}, taken: new Set(), base: 30_000, ...more });

describe('ports of a node', () => {
  it('are given from the base on, around what is taken', () => {
    expect(give({ taken: new Set([30_001]) })).toEqual({
      'execution.rpc': 30_000,
      'execution.engine': 30_002,
      'consensus.api': 30_003,
    });
  });

  it('stay what they were, whatever is taken since', () => {
    const before = give();
    expect(give({ before, taken: new Set(Object.values(before)) })).toEqual(before);
  });

  it('are the configured ones first, and no other port gets those', () => {
    expect(give({}, { engine: 30_000 })).toEqual({
      'execution.rpc': 30_001,
      'execution.engine': 30_000,
      'consensus.api': 30_002,
    });
  });

  it('that two nodes share are told with both names', () => {
    const nodes = { a: { 'execution.rpc': 1, 'consensus.api': 2 }, b: { 'execution.rpc': 2 } };
    expect(portConflicts('b', nodes)).toEqual([{ port: 2, name: 'execution.rpc', with: 'a consensus.api' }]);
    expect(portConflicts('a', { a: { 'execution.p2p': 5, 'execution.discovery': 5 } })).toEqual([]);
    expect(portConflicts('a', { a: { 'execution.p2p': 5, 'consensus.p2p': 5 } })).toHaveLength(2);
  });

  it('are handed to a client under its own names', () => {
    expect(portsOf('execution', give())).toEqual({ rpc: 30_000, engine: 30_001 });
  });
});
